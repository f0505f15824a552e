(comment) @comment
[(string) (multiline_string) (character)] @string
(ERROR) @error
(MISSING) @missing
