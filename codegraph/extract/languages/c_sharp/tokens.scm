(comment) @comment
[(string_literal) (character_literal) (verbatim_string_literal) (raw_string_literal)] @string
(ERROR) @error
(MISSING) @missing
