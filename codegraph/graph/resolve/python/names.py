"""Names that Python itself defines: fixed lists, so that a result does not depend on who runs us.

`BUILTINS` end a lookup as `builtin`; `STANDARD_LIBRARY` modules are only shadowed from the importer's own
source root; `COMMON_MEMBERS` are methods and attributes of built-in and much-used standard types, for
which "the only definition of that name in the project" says nothing. Collected from CPython 3.11 to 3.14.
"""

from __future__ import annotations

from codegraph.core.words import words

FAMILY = "python"
"""The family under which shared keys of Python files stand."""


BUILTINS = words(
    """
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
    BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
    ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning
    EnvironmentError Exception ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError
    FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError
    IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None
    NotADirectoryError NotImplemented NotImplementedError OSError OverflowError PendingDeprecationWarning
    PermissionError ProcessLookupError PythonFinalizationError RecursionError ReferenceError ResourceWarning
    RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError
    SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError
    UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError
    __annotations__ __build_class__ __builtins__ __class__ __debug__ __dict__ __doc__ __file__ __import__
    __module__ __name__ __package__ __path__ __qualname__ __spec__ abs aiter all anext any ascii bin bool
    breakpoint bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir
    divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input
    int isinstance issubclass iter len license list locals map max memoryview min next object oct open ord pow
    print property quit range repr reveal_type reversed round set setattr slice sorted staticmethod str sum
    super tuple type vars zip
    """
)

STANDARD_LIBRARY = words(
    """
    __future__ _thread abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit
    audioop base64 bdb binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs
    codeop collections colorsys compileall compression concurrent configparser contextlib contextvars copy
    copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email
    encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc
    genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib
    imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma
    mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt
    ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes
    pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc
    pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select
    selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile
    sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig
    syslog tabnanny tarfile telnetlib tempfile termios textwrap this threading time timeit tkinter token
    tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib
    uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile
    zipimport zlib zoneinfo
    """
)

COMMON_MEMBERS = words(
    """
    absolute accept acquire acquire_lock add addFilter addHandler add_note anchor append appendleft args
    as_integer_ratio as_posix as_uri astimezone bind bit_count bit_length buffer c_contiguous callHandlers
    capitalize casefold cast center chmod clear close closed combine communicate conjugate connect connect_ex
    contiguous copy count critical ctime cwd daemon date day days debug decode denominator detach difference
    difference_update discard drive dst dup elements empty encode encoding end endpos endswith error errors
    exception exists expand expandtabs expanduser extend extendleft f_contiguous family fatal fileno filter find
    findCaller findall finditer flags flush fold format format_map from_bytes fromhex fromisocalendar
    fromisoformat fromkeys fromordinal fromtimestamp full fullmatch get getChild getEffectiveLevel getName
    get_inheritable get_nowait getblocking getbuffer getpeername getsockname getsockopt gettimeout getvalue
    gi_code gi_frame gi_running gi_suspended gi_yieldfrom glob group groupdict groupindex groups handle
    hardlink_to hasHandlers hex home hour ident imag index indices info insert intersection intersection_update
    isDaemon isEnabledFor isSet is_absolute is_alive is_block_device is_char_device is_dir is_fifo is_file
    is_integer is_mount is_relative_to is_reserved is_set is_socket is_symlink isalnum isalpha isascii isatty
    isdecimal isdigit isdisjoint isidentifier islower isnumeric isocalendar isoformat isoweekday isprintable
    isspace issubset issuperset istitle isupper items itemsize iterdir join joinpath keys kill lastgroup
    lastindex lchmod line_buffering link_to listen ljust locked locked_lock log lower lstat lstrip makeRecord
    makefile maketrans manager match max maxlen microsecond microseconds min minute mkdir mode month most_common
    move_to_end name native_id nbytes ndim newlines notify notifyAll notify_all now numerator obj open owner
    parent parents partition parts pattern peek poll pop popitem popleft pos proto put put_nowait qsize raw re
    read read1 read_bytes read_text readable readinto readinto1 readline readlines readlink readonly real
    reconfigure recv recv_into recvfrom recvfrom_into recvmsg recvmsg_into regs relative_to release release_lock
    remove removeFilter removeHandler removeprefix removesuffix rename replace resolution resolve reverse rfind
    rglob rindex rjust rmdir root rotate rpartition rsplit rstrip run samefile scanner search second seconds
    seek seekable send send_signal sendall sendfile sendmsg sendmsg_afalg sendto set setDaemon setLevel setName
    set_inheritable setblocking setdefault setsockopt settimeout shape shutdown sort span split splitlines start
    startswith stat stem step stop strftime strides string strip strptime sub subn suboffsets subtract suffix
    suffixes swapcase symlink_to symmetric_difference symmetric_difference_update task_done tell terminate throw
    time timeout timestamp timetuple timetz title to_bytes tobytes today tolist toordinal toreadonly total
    total_seconds touch translate truncate type tzinfo tzname union universal_newlines unlink update upper
    utcfromtimestamp utcnow utcoffset utctimetuple values wait wait_for warn warning weekday with_name with_stem
    with_suffix with_traceback writable write write_bytes write_text write_through writelines year zfill
    """
)
