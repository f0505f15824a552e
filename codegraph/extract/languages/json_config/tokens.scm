; Nothing is a token here; brackets in comments and strings do not nest.

(comment) @comment
(string) @comment
