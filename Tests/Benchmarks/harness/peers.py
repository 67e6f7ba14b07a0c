"""Builds Debian's peers into .build/bench; one that cannot be built is left out, and the reason is printed."""

import os
import shutil
import subprocess
import sys

from .echo import GO_TTRPC, Contestant

GO_PATH = "/usr/share/gocode"


def all_of(root):
    installed = subprocess.run(["bash", "-c", ". Scripts/prerequisites peers"], cwd=root, stdout=sys.stderr)
    if installed.returncode != 0:
        print("Without the packages above, the peers are not measured.", file=sys.stderr)
        return []
    built = []
    for name, build in (("Go", go_peers), ("C++ gRPC", cpp_peers)):
        try:
            built += build(root, root / ".build/bench")
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"{name} is not measured: {error}", file=sys.stderr)
    return built


def is_fresh(binary, sources):
    return binary.exists() and all(path.stat().st_mtime < binary.stat().st_mtime for path in sources)


def go_peers(root, folder):
    sources = sorted((root / "Tests/Benchmarks/Peers/Go").glob("*.go"))
    proto = root / "Protos/motcua/testing/v1/echo.proto"
    binary = folder / "echo-go"
    if not is_fresh(binary, [*sources, proto]):
        workspace = folder / "go/src/echo"
        shutil.rmtree(workspace, ignore_errors=True)
        workspace.mkdir(parents=True)
        for source in sources:
            shutil.copy(source, workspace)
        subprocess.run(
            ["protoc", "-I", proto.parent, f"--gogofaster_out=plugins=grpc,Mecho.proto=main:{workspace}",
             proto.name], cwd=proto.parent, check=True, stdout=sys.stderr)
        generated = workspace / "echo.pb.go"
        lines = generated.read_text().split("\n")
        generated.write_text("\n".join("package main" if line.startswith("package ") else line for line in lines))
        environment = {**os.environ, "GO111MODULE": "off", "GOPATH": f"{folder / 'go'}:{GO_PATH}",
                       "GOCACHE": str(folder / "go/cache"), "GOFLAGS": ""}
        subprocess.run(["go", "build", "-o", str(binary), "echo"], env=environment, check=True, stdout=sys.stderr)
    return [
        Contestant(GO_TTRPC, [binary, "ttrpc", "serve"], [binary, "ttrpc", "load"]),
        Contestant("Go gRPC", [binary, "grpc", "serve"], [binary, "grpc", "load"]),
    ]


def cpp_peers(root, folder):
    source = root / "Tests/Benchmarks/Peers/Cpp/main.cpp"
    proto = root / "Protos/motcua/testing/v1/echo.proto"
    binary = folder / "echo-grpc-cpp"
    if not is_fresh(binary, [source, proto]):
        workspace = folder / "cpp"
        shutil.rmtree(workspace, ignore_errors=True)
        workspace.mkdir(parents=True)
        plugin = shutil.which("grpc_cpp_plugin")
        subprocess.run(
            ["protoc", "-I", root / "Protos", f"--cpp_out={workspace}", f"--grpc_out={workspace}",
             f"--plugin=protoc-gen-grpc={plugin}", proto], check=True, stdout=sys.stderr)
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "grpc++", "protobuf"],
                               check=True, capture_output=True, text=True).stdout.split()
        generated = workspace / "motcua/testing/v1"
        subprocess.run(
            ["g++", "-std=c++17", "-O2", "-I", workspace, source, generated / "echo.pb.cc",
             generated / "echo.grpc.pb.cc", "-o", binary, *flags], check=True, stdout=sys.stderr)
    return [Contestant("C++ gRPC", [binary, "serve"], [binary, "load"])]
