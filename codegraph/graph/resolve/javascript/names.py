"""Names that the language and its platforms define: fixed lists, so that a result depends on nobody's machine.

`BUILTINS` end a lookup as `builtin`; `COMMON_MEMBERS` are methods of built-in and much-used platform
types, for which "the only definition of that name in the project" says nothing; `KEEPING` and `TAKING`
are the container methods that give such a container again, or one of its elements.
"""

from __future__ import annotations

from codegraph.core.words import words

FAMILY = "javascript"
"""The family under which shared keys of JavaScript and TypeScript files stand."""
SCRIPTS = "javascript scripts"
"""The family of names that scripts, files that neither import nor export, share with all others."""

COMPONENTS = (".vue", ".svelte", ".astro")
"""How the names of components end."""

DECLARING = (".d.ts", ".d.mts", ".d.cts")
"""How the names of files end that only declare: all that is at their top is exported, whether they say so or not."""

BUILTINS = words(
    """
    AbortController AbortSignal AggregateError Array ArrayBuffer AsyncIterable AsyncIterator Atomics Awaited
    BigInt BigInt64Array BigUint64Array Blob Boolean Buffer Capitalize ConstructorParameters CustomEvent DOMException
    DataView Date Document Element Error EvalError Event EventSource EventTarget Exclude Extract FinalizationRegistry
    File FileReader Float32Array Float64Array FormData Function Generator HTMLElement Headers History Image
    Infinity InstanceType Int16Array Int32Array Int8Array Intl Iterable IterableIterator Iterator JSON JSX Map Math
    MessageChannel MessagePort MutationObserver NaN Node NodeJS NodeList NonNullable Number Object Omit Parameters
    Partial Performance Pick Promise PromiseLike PropertyKey Proxy RangeError React ReadableStream Readonly
    ReadonlyArray ReadonlyMap ReadonlySet Record ReferenceError Reflect RegExp Request Required Response ReturnType
    Set SharedArrayBuffer String Symbol SyntaxError TextDecoder TextEncoder ThisType TypeError URIError URL
    URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray Uncapitalize Uppercase Lowercase WeakMap
    WeakRef WeakSet WebAssembly WebSocket Window Worker XMLHttpRequest __dirname __filename alert any arguments atob
    bigint boolean btoa cancelAnimationFrame clearImmediate clearInterval clearTimeout confirm console crypto
    customElements decodeURI decodeURIComponent document encodeURI encodeURIComponent escape eval exports fetch
    global globalThis history import isFinite isNaN localStorage location module navigator never null number
    object parseFloat parseInt performance process prompt queueMicrotask require requestAnimationFrame screen self
    sessionStorage setImmediate setInterval setTimeout string structuredClone symbol this undefined unescape unknown
    void window
    """
)

COMMON_MEMBERS = words(
    """
    abort add addEventListener addListener all allSettled any append appendChild apply assert assign at back before
    bind blur byteLength call cancel catch ceil charAt charCodeAt clear click clone close closest cloneNode codePointAt
    compile concat connect contains copyWithin create createElement createReadStream createServer cwd debug
    decode defineProperty delete destroy dispatchEvent done emit encode end endsWith entries error errors every exec
    exit exitCode expect fill filter finally find findIndex findLast findLastIndex first flat flatMap floor flush
    focus forEach forward freeze from fromCharCode fromEntries get getAttribute getElementById getItem getTime go has
    hasAttribute hasOwnProperty head headers includes indexOf info init insertBefore is isArray isPrototypeOf item
    items join json key keys last lastIndexOf length listen listeners load localeCompare log map match matchAll max
    measure min name next normalize now off on once open options padEnd padStart parse parseInt patch path pause
    pipe pop post preventDefault prototype publish push put querySelector querySelectorAll race random read readFile
    readFileSync ready reduce reduceRight register reject release reload remove removeAllListeners removeChild
    removeEventListener removeItem removeListener repeat replace replaceAll replaceState request require reset resolve
    resume reverse round run save search seek send set setAttribute setDate setHeader setItem setTimeout shift size
    slice some sort splice split start startsWith stop stopPropagation store stringify subarray subscribe
    substr substring test text then throw time toFixed toISOString toJSON toLocaleString toLowerCase toString
    toUpperCase trace transform trim trimEnd trimStart type unshift unsubscribe update use valueOf value values
    warn write writeFile writeFileSync wait
    """
)

KEEPING = words("filter slice concat reverse sort toSorted toReversed splice values flat fill")
TAKING = words("find findLast pop shift at get")
