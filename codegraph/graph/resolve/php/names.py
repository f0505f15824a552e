"""Keys of PHP's scheme beside those of `resolve.keys`.

    mod   path                  (("php",),)
    pkg   php, sort, full name  (path, descriptor) of classes ("c"), functions ("f") and constants ("n")   (shared)
    name  php, "run()"          the only method of that name                                               (shared)
    mem   path, class, member   (descriptor or "", flags, chain of a property), ("@alias", trait, method)
    base  path, class           ("kind", kind), (how it is used, class, methods that are left out)
    own   php, "run()"          ("derived" or "",) of the methods of that name                             (shared)
    ret   path, function        (sort, chain): "=" declared, "~" what the returned values are

Classes, functions and methods are spelled in lower case, as PHP does not tell cases apart. A method is "run()", a
property "$size", a constant "LIMIT". Flags are letters: s static, p private, a abstract.
"""

from __future__ import annotations

from typing import Final

from codegraph.core.words import words

FAMILY: Final = "php"
CLASS_NAME: Final = "c"
FUNCTION_NAME: Final = "f"
CONSTANT_NAME: Final = "n"


def full_name_key(sort: str, name: str) -> str:
    """Ask what has a full name (without leading backslash)."""
    return f"pkg\x1f{FAMILY}\x1f{sort}\x1f{name if sort == CONSTANT_NAME else name.lower()}"


def spelled(member: str) -> str:
    """Return a member's name as it stands in keys."""
    return member.lower() if member.endswith("()") else member


CORE_METHODS: Final = words(
    """
    add append asort attach close contains count current detach diff each end equals execute exists fetch fetchall
    filter find first flush format get getarraycopy getattribute getchildren getcode getconstants getdata getfile
    getfilename getiterator getline getmessage getmethod getmethods getname getparameters getpathname getprevious
    getproperties getrealpath getreturn getshortname gettimestamp gettrace gettraceasstring gettype handle has invoke
    invokeargs isdir isfile isinstance item key last load map merge modify next offsetexists offsetget offsetset
    offsetunset open pop prepare push query read remove reset rewind save send serialize set setattribute settime
    settimezone sort start stop sub throw unserialize update valid write xpath
    """
)
"""Methods that PHP's own classes, or nearly everybody's, have: their name alone says nothing."""
