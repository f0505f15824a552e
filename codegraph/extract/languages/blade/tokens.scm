; Those of PHP without text, which its grammar of code alone does not have.

(comment) @comment
[(string) (encapsed_string) (heredoc) (nowdoc)] @string
(ERROR) @error
(MISSING) @missing
