; Nothing is a token here; brackets in comments do not nest.

(comment) @comment
