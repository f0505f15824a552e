[(comment) (block_comment)] @comment
[(string) (interpolated_string) (character_literal)] @string
(ERROR) @error
(MISSING) @missing
