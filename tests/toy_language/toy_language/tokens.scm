(comment) @comment
(string) @string
(ERROR) @error
(MISSING) @missing
