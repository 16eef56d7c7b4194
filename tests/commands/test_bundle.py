"""``quantix-tui bundle`` of a real node that has joined: all of it there, none of its secrets."""

import tarfile
from pathlib import Path

from tests.support.sandbox import Sandbox


def test_the_secrets_of_a_joined_node_are_nowhere_in_it(sandbox: Sandbox, tmp_path: Path) -> None:
    token = sandbox.new_token()
    join = ("join", sandbox.address, "--pin", sandbox.pin, "--token-file", "-", "--restart", "--wait")
    assert sandbox.run(*join, token=token).code == 0
    with sandbox.config.open("a") as config:
        config.write("server:\n  tls_key: hunter2hunter2\n  port: 8443\n")
    secrets = [*sandbox.secrets(), "hunter2hunter2"]
    credential = sandbox.config.with_name("node-credential").read_text().strip()
    assert {token, credential} <= set(secrets)
    file = tmp_path / "b.tar.gz"
    done = sandbox.run("bundle", "--output", str(file))
    assert (done.code, done.err) == (0, "")
    assert f"Written: {file}" in done.out
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as archive:
        files = {entry.name: archive.extractfile(entry) for entry in archive}
        texts = {name: found.read().decode() for name, found in files.items() if found}
    assert {"b/manifest.json", "b/node/status.json", "b/node/config.yaml", "b/network/test.json"} <= set(texts)
    assert "port: 8443" in texts["b/node/config.yaml"]
    assert sandbox.address in texts["b/node/status.json"]
    for name, text in texts.items():
        assert not [secret for secret in secrets if secret in text], name
    nowhere = sandbox.run("bundle", "--output", str(tmp_path / "no/b.tar.gz"))
    assert nowhere.code == 1
    # Before anything is collected.
    assert nowhere.out == ""
    assert f"there is no folder {tmp_path}/no." in nowhere.err
    again = sandbox.run("bundle", "--output", str(file), "--json")
    assert (again.code, again.json()["error"]) == (1, "bundle_not_written")
