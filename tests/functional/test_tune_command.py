# SPDX-License-Identifier: Apache-2.0
"""`tenon tune`: what it says of a server's batches, and the picture that it writes."""

import re
import struct
import threading
import time
import zlib

from harness.server import Server, free_port, run_program

TEXT = b'{"text":"abc"}'


def picture_of(data):
    """(width, height, places in the palette, row by row) of a PNG file with four bits each."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        content = data[at + 8 : at + 8 + size]
        check = struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0]
        assert check == zlib.crc32(kind + content), kind
        chunks[kind] = content
        at += 12 + size
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height, depth, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, kind) == (4, 3)
    raw = zlib.decompress(chunks[b"IDAT"])
    step = 1 + (width + 1) // 2
    assert len(raw) == step * height
    rows = []
    for y in range(height):
        row = raw[y * step : (y + 1) * step]
        assert row[0] == 0
        rows.append([half for byte in row[1:] for half in (byte >> 4, byte & 15)][:width])
    return width, height, rows


def test_it_explains_what_batching_does(tmp_path):
    file = tmp_path / "plot.png"
    with Server("mixed:handle") as server:
        url = f"http://127.0.0.1:{server.port}"
        status, out, _ = run_program("tune", url)
        assert status == 0 and "Nothing is learned yet" in out
        for _ in range(40):
            assert server.ask("POST", "/batch", TEXT).status == 200
        status, out, err = run_program("tune", url, "--png", file)
        assert status == 0 and err == "", err
        assert out.startswith("Batcher of "), out
        for part in ("batched function 0\n  At most 16 items in a run",
                     "batched function 1\n  At most 8 items in a run", "40 runs of 1 items each",
                     "        1  ", "← at most", "█", "   40   100.0 %  the model was free",
                     "How long items waited", "How long runs took", "Wasted wait: none."):
            assert part in out, part + "\nin\n" + out
        width, height, rows = picture_of(file.read_bytes())
        assert (width, height) == (960, 520)
        assert {place for row in rows for place in row} == {0, 1, 2, 3, 4}


def test_it_counts_what_happens_while_it_watches():
    with Server("mixed:handle") as server:
        for _ in range(10):
            assert server.ask("POST", "/batch", TEXT).status == 200
        going = threading.Event()
        going.set()
        sent = []

        def ask():
            while going.is_set():
                sent.append(server.ask("POST", "/batch", TEXT).status)
                time.sleep(0.02)

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            status, out, _ = run_program("tune", f"http://127.0.0.1:{server.port}", "--during", "500ms")
        finally:
            going.clear()
            thread.join()
        assert status == 0
        runs = int(re.search(r"(\d+) runs of", out)[1])
        assert 0 < runs <= len(sent), out


def test_it_says_what_is_wrong(tmp_path):
    with Server("first:handle") as server:
        url = f"http://127.0.0.1:{server.port}"
        for words, status, said in [
            ((url,), 1, "batches nothing"),
            ((f"{url}/nowhere",), 1, "404"),
            ((f"{url}/openapi.json",), 1, "no metrics"),
            ((f"http://127.0.0.1:{free_port()}",), 1, "refused"),
            ((), 2, "one address"),
            (("127.0.0.1:8080",), 2, "http://"),
            ((url, "--during", "soon"), 2, "10s"),
        ]:
            found, out, err = run_program("tune", *words)
            assert (found, out) == (status, ""), (words, err)
            assert said in err, (words, err)
    with Server("mixed:handle") as server:
        where = tmp_path / "no" / "folder.png"
        status, _, err = run_program("tune", f"http://127.0.0.1:{server.port}", "--png", where)
        assert status == 1 and "folder.png" in err
