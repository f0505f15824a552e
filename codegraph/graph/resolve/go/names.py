"""Keys of Go's scheme beside those of `resolve.keys`. A *unit* is a package: its directory and its name.

mod   path                     (("go", unit),)
imp   path, ""                 every import: (form, alias, path of the package); form "m", "*" or "_"
unit  go, directory            names of the packages in a directory                     (shared)
file  go, unit                 (path,) of the files of a package                        (shared)
pkg   go, unit, name           (path, descriptor, kind) of what the package has         (shared)
pmem  go, unit, type, name     (path, descriptor, shape) of a type's methods            (shared)
ifm   go, name                 (path, interface) that have a method of that name        (shared)
emb   go, name                 (path, type) that embed something of that name           (shared)
set   path, interface          (name, shape) of the interface's own methods
mem   path, type, name         ("v", chain) of a field, ("d", descriptor, shape) of an interface's method
base  path, type               chains of what it embeds
und   path, type               ("=" alias, ":" otherwise, chain)
def   path, name               chains of what a package's variable holds
ret   path, function           (number, chain) of its results
own   go, name                 (("",),) if some type has a method of that name          (shared)
top   go:mod, module path      (directory,) of its go.mod
cfg   path of a go.mod         (("module", path),)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from codegraph.core.facts import LOCAL
from codegraph.core.words import words

FAMILY = "go"
MODULES = "go:mod"
STANDARD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "error": "Error",
        "fmt.Stringer": "String",
        "fmt.GoStringer": "GoString",
        "fmt.Formatter": "Format",
        "io.Reader": "Read",
        "io.Writer": "Write",
        "io.Closer": "Close",
        "io.Seeker": "Seek",
        "io.ReadWriter": "Read Write",
        "io.ReadCloser": "Read Close",
        "io.WriteCloser": "Write Close",
        "io.ReadWriteCloser": "Read Write Close",
        "io.ReadSeeker": "Read Seek",
        "io.ReadSeekCloser": "Read Seek Close",
        "io.WriteSeeker": "Write Seek",
        "io.ReadWriteSeeker": "Read Write Seek",
        "io.ReaderAt": "ReadAt",
        "io.WriterAt": "WriteAt",
        "io.ReaderFrom": "ReadFrom",
        "io.WriterTo": "WriteTo",
        "io.RuneReader": "ReadRune",
        "io.ByteReader": "ReadByte",
        "io.ByteScanner": "ReadByte UnreadByte",
        "io.RuneScanner": "ReadRune UnreadRune",
        "io.ByteWriter": "WriteByte",
        "io.StringWriter": "WriteString",
        "sort.Interface": "Len Less Swap",
        "heap.Interface": "Len Less Swap Push Pop",
        "context.Context": "Deadline Done Err Value",
        "http.Handler": "ServeHTTP",
        "http.ResponseWriter": "Header Write WriteHeader",
        "http.Flusher": "Flush",
        "http.Hijacker": "Hijack",
        "http.RoundTripper": "RoundTrip",
        "json.Marshaler": "MarshalJSON",
        "json.Unmarshaler": "UnmarshalJSON",
        "encoding.BinaryMarshaler": "MarshalBinary",
        "encoding.BinaryUnmarshaler": "UnmarshalBinary",
        "encoding.TextMarshaler": "MarshalText",
        "encoding.TextUnmarshaler": "UnmarshalText",
        "flag.Value": "String Set",
        "flag.Getter": "String Set Get",
        "fs.FS": "Open",
        "fs.File": "Stat Read Close",
        "fs.FileInfo": "Name Size Mode ModTime IsDir Sys",
        "hash.Hash": "Write Sum Reset Size BlockSize",
        "net.Conn": "Read Write Close LocalAddr RemoteAddr SetDeadline SetReadDeadline SetWriteDeadline",
        "net.Listener": "Accept Close Addr",
        "net.Error": "Error Timeout Temporary",
        "sql.Scanner": "Scan",
        "driver.Valuer": "Value",
        "sync.Locker": "Lock Unlock",
    }
)
"""Interfaces of the standard library that others embed, and their methods."""


CONCRETE: Final = words(
    """
    bufio.NewReader bufio.NewScanner bufio.NewWriter bufio.Reader bufio.Scanner bufio.Writer bytes.Buffer
    bytes.NewBuffer bytes.NewBufferString bytes.NewReader bytes.Reader encoding/json.Decoder encoding/json.Encoder
    encoding/json.NewDecoder encoding/json.NewEncoder errors.New flag.FlagSet flag.NewFlagSet fmt.Errorf
    html/template.Must html/template.New html/template.Template math/big.Int math/big.NewInt mime/multipart.Writer
    net/http.Cookie net/http.Get net/http.Header net/http.NewRequest net/http.NewRequestWithContext
    net/http.NewServeMux net/http.Request net/http.Request.Header net/http.Request.URL net/http.Request.URL.Query
    net/http.Response net/http.Response.Header net/http.ResponseWriter.Header net/http.ServeMux net/http.Server
    net/http/httptest.NewRecorder net/http/httptest.NewRecorder.Header net/http/httptest.NewRequest
    net/http/httptest.NewServer net/http/httptest.ResponseRecorder net/http/httptest.ResponseRecorder.Header
    net/http/httptest.Server net/url.Parse net/url.URL net/url.URL.Query net/url.Values os.Create os.File os.Open
    os.OpenFile os.Stderr os.Stdin os.Stdout os/exec.Cmd os/exec.Command regexp.Compile regexp.MustCompile
    regexp.Regexp strings.Builder strings.NewReader strings.NewReplacer strings.Reader strings.Replacer sync.Mutex
    sync.Once sync.RWMutex sync.WaitGroup sync/atomic.Bool sync/atomic.Int32 sync/atomic.Int64 sync/atomic.Uint32
    sync/atomic.Uint64 testing.B testing.F testing.M testing.T text/template.Must text/template.New
    text/template.Template time.Date time.Duration time.NewTicker time.NewTimer time.Now time.Parse time.Since
    time.Ticker time.Time time.Timer time.Unix
    """
)
"""Of the standard library: types that are no interfaces, and what gives an instance of such a type."""


def type_name(descriptor: str) -> str:
    """Return the name of a type of a package; of a local one, to which no name leads, what chains have for it."""
    return f"{LOCAL}{descriptor}" if "." in descriptor else descriptor.rstrip("#").strip("`")


def unit_of(directory: str, name: str) -> str:
    """Name a package of a directory."""
    return f"{directory}:{name}"


def unit_key(directory: str) -> str:
    """Ask for the names of the packages in a directory."""
    return f"unit\x1f{FAMILY}\x1f{directory}"


def files_key(unit: str) -> str:
    """Ask for the files of a package."""
    return f"file\x1f{FAMILY}\x1f{unit}"


def package_key(unit: str, name: str) -> str:
    """Ask what a package has under a name."""
    return f"pkg\x1f{FAMILY}\x1f{unit}\x1f{name}"


def method_key(unit: str, type_name: str, name: str) -> str:
    """Ask for the methods that a type has under a name, in whichever file."""
    return f"pmem\x1f{FAMILY}\x1f{unit}\x1f{type_name}\x1f{name}"


def interfaces_key(name: str) -> str:
    """Ask for the interfaces that have a method of a name."""
    return f"ifm\x1f{FAMILY}\x1f{name}"


def embedders_key(name: str) -> str:
    """Ask for the types that embed something of a name."""
    return f"emb\x1f{FAMILY}\x1f{name}"


def method_set_key(path: str, interface: str) -> str:
    """Ask for an interface's own methods."""
    return f"set\x1f{path}\x1f{interface}"


def underlying_key(path: str, type_descriptor: str) -> str:
    """Ask what a defined type or an alias is made of."""
    return f"und\x1f{path}\x1f{type_descriptor}"
