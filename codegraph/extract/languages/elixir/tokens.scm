(comment) @comment
[(string) (charlist) (sigil)] @string
(ERROR) @error
(MISSING) @missing
