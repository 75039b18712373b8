"""A small server that speaks as much of S3 as an archive needs: objects in memory, in one bucket."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape


class Bucket(ThreadingHTTPServer):
    """The bucket `shop`: its objects by name, and the parts of uploads that are not ended."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}

    @property
    def url(self) -> str:
        host = f"127.0.0.1:{self.server_port}"
        return f"s3://key:secret@shop/archive?scheme=http&endpoint_override={host}&region=us-east-1"


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bucket

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""

    def asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        name = unquote(parts.path).removeprefix("/shop").removeprefix("/")
        return name, {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}

    def answer(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self) -> bytes:
        """Return what was sent: in chunks of HTTP, in which there may be chunks of S3."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            sent = unchunked(self.rfile)
        else:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_chunked = "aws-chunked" in self.headers.get("Content-Encoding", "")
        return unchunked(io.BytesIO(sent)) if is_chunked else sent

    def do_PUT(self) -> None:
        name, query = self.asked()
        if "uploadId" in query:
            self.server.parts[query["uploadId"]][int(query["partNumber"])] = self.body()
        else:
            self.server.objects[name] = self.body()
        self.answer(ETag='"x"')

    def do_POST(self) -> None:
        name, query = self.asked()
        sent = self.body()
        if "uploads" in query:
            self.server.parts[name] = {}
            self.answer(xml("InitiateMultipartUploadResult", f"<UploadId>{escape(name)}</UploadId>"))
        elif "uploadId" in query:
            parts = self.server.parts.pop(query["uploadId"])
            self.server.objects[name] = b"".join(parts[number] for number in sorted(parts))
            self.answer(xml("CompleteMultipartUploadResult", "<ETag>x</ETag>"))
        else:
            for key in ET.fromstring(sent).iter():
                if key.tag.endswith("Key"):
                    self.server.objects.pop(key.text or "", None)
            self.answer(xml("DeleteResult", ""))

    def do_DELETE(self) -> None:
        self.server.objects.pop(self.asked()[0], None)
        self.answer(status=204)

    def do_HEAD(self) -> None:
        name, _ = self.asked()
        found = self.server.objects.get(name) if name else b""
        if found is None:
            self.answer(status=404)
        else:
            self.answer(found, ETag='"x"', Last_Modified="Sun, 22 Nov 2026 09:00:00 GMT")

    def do_GET(self) -> None:
        name, query = self.asked()
        if not name:
            self.answer(self.listing(query))
        elif name not in self.server.objects:
            self.answer(xml("Error", "<Code>NoSuchKey</Code>"), status=404)
        elif asked := self.headers.get("Range"):
            first, _, last = asked.removeprefix("bytes=").partition("-")
            content = self.server.objects[name]
            part = content[int(first) : int(last or len(content) - 1) + 1]
            self.answer(part, 206, Content_Range=f"bytes {first}-{last}/{len(content)}", ETag='"x"')
        else:
            self.answer(self.server.objects[name], ETag='"x"')

    def listing(self, query: dict[str, str]) -> bytes:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        names = sorted(name for name in self.server.objects if name.startswith(prefix))
        whole = [name for name in names if not delimiter or delimiter not in name[len(prefix) :]]
        folders = sorted(
            {prefix + name[len(prefix) :].split(delimiter)[0] + delimiter for name in set(names) - set(whole)}
        )
        rows = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(self.server.objects[name])}</Size>"
            "<LastModified>2026-11-22T09:00:00.000Z</LastModified></Contents>"
            for name in whole
        )
        rows += "".join(f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" for name in folders)
        count = len(whole) + len(folders)
        return xml("ListBucketResult", f"<IsTruncated>false</IsTruncated><KeyCount>{count}</KeyCount>{rows}")


def unchunked(sent: Any) -> bytes:
    """Return the content of chunks, each after a line with its size; what trails them is left out."""
    content = b""
    while count := int(sent.readline().split(b";")[0], 16):
        content += sent.read(count)
        sent.readline()
    while sent.readline().strip():
        pass
    return content


def xml(name: str, inner: str) -> bytes:
    return f'<?xml version="1.0"?><{name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{inner}</{name}>'.encode()


@contextmanager
def serving() -> Iterator[Bucket]:
    """Run a bucket on a free port, until the end of the block."""
    bucket = Bucket()
    thread = threading.Thread(target=bucket.serve_forever, daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        bucket.shutdown()
        bucket.server_close()
        thread.join(5)
