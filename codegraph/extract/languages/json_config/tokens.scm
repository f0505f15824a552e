; Nothing is a token here; comments and strings are told apart so that brackets in them do not nest.

(comment) @comment
(string) @string
