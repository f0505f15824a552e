; Every form of import, and what a module says it exports.

((import_statement) @import (#set! form "import"))
((import_from_statement) @import (#set! form "import_from"))
((future_import_statement) @import (#set! form "future"))

((assignment left: (identifier) @name right: (_) @value) (#eq? @name "__all__") (#set! form "all"))
((augmented_assignment left: (identifier) @name right: (_) @value) (#eq? @name "__all__") (#set! form "all"))
((call
  function: (attribute object: (identifier) @name attribute: (identifier) @method)
  arguments: (argument_list . (_) @value .))
  (#eq? @name "__all__") (#any-of? @method "extend" "append") (#set! form "all"))
