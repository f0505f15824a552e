; Every form of import.

((import_statement) @import (#set! form "import"))
((import_from_statement) @import (#set! form "import_from"))
((future_import_statement) @import (#set! form "future"))
