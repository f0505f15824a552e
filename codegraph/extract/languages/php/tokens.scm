(comment) @comment
[(string) (encapsed_string) (heredoc) (nowdoc)] @string
(text) @comment
(ERROR) @error
(MISSING) @missing
