; Names that patterns bind.

((patterns (variable) @target) (#set! form "bound"))
((patterns (_ (variable) @target)) (#set! form "bound"))
((patterns (_ (_ (variable) @target))) (#set! form "bound"))
((bind name: (variable) @target) (#set! form "bound"))
((generator . (variable) @target) (#set! form "bound"))
((alternative pattern: (_ (variable) @target)) (#set! form "bound"))
