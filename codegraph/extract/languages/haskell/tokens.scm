[(comment) (haddock) (pragma)] @comment
[(string) (char)] @string
(ERROR) @error
(MISSING) @missing
