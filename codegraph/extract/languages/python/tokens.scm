; What becomes no token, one token, or a block.

(comment) @comment
(string) @string
(block) @block
(ERROR) @error
(MISSING) @missing
