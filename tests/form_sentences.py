from collections import defaultdict
SENTENCES = defaultdict(tuple)
