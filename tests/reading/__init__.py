r"""An independent reader of the documents: it takes the LaTeX back out of a file and checks what it says.

It shares no code with the program that writes the documents.  All it is told (``Given``) is the definition of
the operation, as a plain function of nested lists, the names and the sizes.  Every formula of the file is
parsed, in whatever notation, and every equality in it is evaluated at random numbers modulo 2^61 - 1:

    from tests.reading import Given, Sentence, read_document, used_in

    report = read_document(text, "md", given, others=[exercise], sentences=[...], notation={"matrix": "pmatrix"})
    assert report.faults == []
    assert report.signs.seen == report.signs.read

* Formulas with numbers in their indices are evaluated at the sizes of the page, matrices cell by cell.
* Formulas with letters: for every value of the free indices, at pairwise different sizes.  A letter that is a
  size (x_{mn}, dots up to x_{1k}) is the last index: a drawn matrix is expanded and compared cell by cell.
* A rule between whole matrices: at both.

Two things make an error visible where a factor 0 would hide it.  A sum over all paths must hold for *any*
operation, so it is evaluated with a random Jacobian too; and what stands under a ∂/∂x must have the value of
what it replaces, not only the derivative.

A formula that cannot be read is a fault, exactly like one that is false.

What a document speaks of besides the operation under an arbitrary loss are ``others``, further ``Given``s: a loss
that is a formula (``total=mean``), layers behind the output (``layers``), an exercise (``exercise=True``) whose
integers are read off the document or told (``numbers``).  A formula has to be true in one of them; what speaks of
∂L/∂Y on its right side, or of entries, has to be true for any loss and any numbers.

The modules: ``told`` (Given), ``files`` (the pieces of a file), ``mathml`` (MathML against LaTeX), ``latex`` (the
parser), ``tree``, ``ellipsis`` (dots), ``numbers`` and ``worlds`` (random numbers), ``values`` (evaluation),
``checks`` (one formula), ``definitions`` (functions by type), ``flattening`` (pictures as rows), ``sentences``
(claims in prose), ``documents`` (a whole file), ``worked_page`` (the text of the default page, in all detail).
"""

from tests.reading.checks import Findings, examined
from tests.reading.documents import Document, Found, Report, Signs, read_document
from tests.reading.faults import Fault, Unreadable, Untrue
from tests.reading.files import Piece, pieces
from tests.reading.sentences import (
    Sentence,
    about,
    chosen,
    entry_of,
    equals,
    factor,
    has_shape,
    holds,
    independent_unless,
    index_counts,
    is_output,
    mentions,
    renamed,
    row_times_column,
    rule_with_shape,
    same,
    same_shape,
    under,
    used_in,
)
from tests.reading.told import Given, added_up, mean, sigmoid, sigmoids, squares
from tests.reading.worked_page import displays, read_back

__all__ = [
    "Document", "Fault", "Findings", "Found", "Given", "Piece", "Report", "Sentence", "Signs", "Unreadable",
    "Untrue", "about", "added_up", "chosen", "displays", "entry_of", "equals", "examined", "factor", "has_shape",
    "holds", "independent_unless", "index_counts", "is_output", "mean", "mentions", "pieces", "read_back",
    "read_document", "renamed", "row_times_column", "rule_with_shape", "same", "same_shape", "sigmoid", "sigmoids",
    "squares", "under", "used_in",
]  # fmt: skip
