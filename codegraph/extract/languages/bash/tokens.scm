(comment) @comment
[(string) (raw_string) (ansi_c_string) (heredoc_body)] @string
(ERROR) @error
(MISSING) @missing
