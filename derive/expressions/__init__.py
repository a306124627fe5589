"""Any expression of matrices: its language, its derivatives, their judge and their page."""
