; Parameters and variables: a call of one is no call of a function of that name.

((parameter pattern: (identifier) @target) (#set! form "bound"))
((let_declaration pattern: (identifier) @target) (#set! form "bound"))
((closure_parameters (identifier) @target) (#set! form "bound"))
