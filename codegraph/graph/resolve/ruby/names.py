"""Keys of Ruby's scheme beside those of `resolve.keys`, and names that Ruby has itself.

A class is known by its full name ("A::B"), whichever files open it. A place's *nesting* is what stands around it, as
written and divided by slashes: "A::B/C" is `class C` in `module A::B`.

    mod   path                   (("ruby",),)
    pkg   ruby, full name        (path, descriptor, "class" or "module") where it has members or a superclass,
                                 (path, descriptor, "const", nesting, chain)                             (shared)
    file  ruby, full name        (path, descriptor, "class" or "module") where it only holds other classes (shared)
    file  ruby, full name, ""    (path,) of the files that say of a class that it stands in it, and are called like that
                                 class: Rails makes such modules of directories                           (shared)
    emb   ruby, full name        ("super", "include", ..., order, nesting, chain) of its bases; under "", with the
                                 path instead of the nesting, what files include outside of classes       (shared)
    emb   ruby, "", name         (full name,) of the classes that include a module of that last name       (shared)
    pmem  ruby, full name, name  (path, descriptor) of "run()", ".run()" of the class itself; ("", nesting, chain)
                                 of what is assigned to "$x" and ".$x"; "//path" holds what blocks define  (shared)
    name  ruby, "run()"          the only method of that name                                              (shared)
    top   ruby, feature          (path,) of the files that `require` can mean                              (shared)
    ret   path, method           (nesting, chain) of each of its results, if all are known
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from codegraph.core.words import words

FAMILY: Final = "ruby"
ROOTS: Final = ("Object", "Kernel")
_TESTS: Final = ("test", "tests", "spec", "features", "examples", "benchmark")
_ROOTS: Final = ("lib", "test", "spec", "app")


def constant_key(full: str) -> str:
    """Ask what a constant's full name stands for."""
    return f"pkg\x1f{FAMILY}\x1f{full}"


def namespace_key(full: str) -> str:
    """Ask where a class or module is opened without members of its own."""
    return f"file\x1f{FAMILY}\x1f{full}"


def directory_key(full: str) -> str:
    """Ask which files stand for classes in a module that nothing else may define."""
    return f"file\x1f{FAMILY}\x1f{full}\x1f"


def spelled_so(path: str, full: str) -> bool:
    """Say whether a file is called like a class: `admin/user_notes.rb` like `Admin::UserNotes`."""
    return f"/{path.replace('_', '').lower()}".endswith(f"/{full.replace('::', '/').replace('_', '').lower()}.rb")


def bases_key(full: str) -> str:
    """Ask for the bases of a class."""
    return f"emb\x1f{FAMILY}\x1f{full}"


def includers_key(name: str) -> str:
    """Ask which classes include a module whose name ends so."""
    return f"emb\x1f{FAMILY}\x1f\x1f{name}"


def class_member_key(full: str, name: str) -> str:
    """Ask for a class's own member."""
    return f"pmem\x1f{FAMILY}\x1f{full}\x1f{name}"


def joined_names(nesting: Sequence[str]) -> str:
    """Return the full name that written names make, the outermost first; one with leading colons starts anew."""
    full = ""
    for name in nesting:
        full = name[2:] if name.startswith("::") else f"{full}::{name}" if full else name
    return full


def nested(nesting: str) -> list[str]:
    """Return the full names of the classes around a place, from the inside out."""
    parts = nesting.split("/") if nesting else []
    return [joined_names(parts[:count]) for count in range(len(parts), 0, -1)]


def features(path: str) -> list[str]:
    """Return what `require` may call a file: its path without ending, from each possible load path on."""
    parts = path.removesuffix(".rb").split("/")
    found = {"/".join(parts): None}
    found.update(("/".join(parts[at + 1 :]), None) for at, part in enumerate(parts[:-1]) if part in _ROOTS)
    return list(found)


def is_test(path: str) -> bool:
    """Say whether a file stands among tests or examples."""
    return any(part in _TESTS for part in path.split("/")[:-1])


CORE_METHODS: Final = words(
    """
    Array Complex Float Hash Integer Rational String __dir__ __method__ abort abs accept add add? alias_method all?
    allocate ancestors any? append apply arity array_of ary_to_h asctime assoc at at_exit atime attach attr
    attr_accessor attr_reader attr_writer autoload backtrace basename begin between? bind binding binread binwrite block
    block_given? body bsearch build bytes bytesize byteslice call callable callcc caller caller_locations capitalize
    capture captures casecmp casecmp? catch ceil center change_column chars chdir check children chmod chomp chop chr
    chunk clamp class class_eval class_exec class_variable_get class_variable_set class_variables clear clone close
    closed? codepoints coerce collect collect_concat column combination compact compare_by_identity compile concat
    connect const_defined? const_get const_missing const_set constants content copy count cover? create crypt ctime
    cycle data day deconstruct default default= define_method define_singleton_method delete delete? delete_at delete_if
    delete_prefix delete_suffix description detect difference dig digest digits dirname disjoint? display div divmod
    downcase downto drop drop_while dump dup each each_byte each_char each_child each_cons each_entry each_index
    each_key each_line each_pair each_slice each_value each_with_index each_with_object empty? encode encoding end
    end_with? ensure entries enum_for env eof? eql? equal? error errors escape eval even? exception exclude?
    exclude_from exec exist? exists? exit exit! expand_path extend extname fail fetch fetch_values field file file?
    fileno fill filter filter_map find find_all find_index finish first flat_map flatten floor flush fold foreach fork
    format fread freeze frozen? full_message gcd generate get getbyte getc gets glob global? gmtime grep grep_v group_by
    gsub gsub! handle has_key? has_value? hash header headers hex hour html_escape id include include? included
    included_modules index indexes info inherited initialize inject input insert inspect instance instance_eval
    instance_exec instance_method instance_methods instance_of? instance_variable_defined? instance_variable_get
    instance_variable_set instance_variables integer? intern intersect? intersection invert is_a? iterator? itself join
    keep_if key key? keys kind_of? lambda last lazy length level limit line lineno lines ljust load loaded?
    local_variables localtime lock log logger loop lstrip main map map! marshal_dump match match? matches max max_by
    mday member? members merge merge! message method method_added method_missing methods min min_by minmax minute mkdir
    mkdir_p mktime module_eval modulo mon month move mtime name named_captures names negative? nesting new next
    next_values nil? none? nonzero? now object_id odd? on one? open options ord output owner p pack parameters params
    parse partition password path pathmap peek permutation pid pipe pop popen port pos positive? post post_match pp
    pre_match pred prepend prepended print printf priority private private_constant proc process product protected
    public public_constant public_send push put putc puts query quote raise rand random read read_nonblock readable?
    readline readlines readpartial realpath reason receiver reduce refine regexp reject reject! remove remove_const
    remove_instance_variable rename render repeated_combination replace report request require require_relative rescue
    reset resolve respond_to? respond_to_missing? response result resume retry return reverse reverse_each rewind rindex
    rjust root rotate round rstrip run sample save scan search sec seek select select! send separator set set_backtrace
    setup shift shuffle shutdown signal singleton_class singleton_methods size skip sleep slice slice! slice_when sort
    sort! sort_by source source_location spawn split sprintf squeeze srand start start_with? stat state status step stop
    store strftime string strip strip! sub sub! subset? subtract succ sum super_method superclass superset? swapcase
    symbolize_keys sync synchronize system tag tags take take_while tally tap teardown tell test text then thread throw
    time times title to_a to_ary to_c to_enum to_f to_h to_hash to_i to_int to_io to_json to_path to_proc to_r to_regexp
    to_s to_str to_sym to_time to_yaml tokens touch tr tr_s trace transform_keys transform_values transpose trap
    truncate try type uid undef_method unfreeze ungetc union uniq uniq! unlink unlock unpack unpack1 unshift upcase
    update upto uri url using utc uuid valid? valid_encoding? value value? values values_at version wait warn wday
    with_index with_object write yday year yield yield_self zero? zip zone
    """
)
"""Methods of Ruby's own classes, of its standard library, or of nearly everybody's: their name alone says nothing."""
