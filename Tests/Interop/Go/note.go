// Command interop is the other side of InteropTests: containerd's Go ttRPC, as Debian packages it, serving
// and calling the same echo service as our own runtime.
//
//	interop serve SOCKET             serves until standard input ends
//	interop call SCENARIO SOCKET     makes the calls of one scenario and prints "ok", or says what failed
package main

import (
	"fmt"
	"os"
)

// Note is motcua.testing.v1.Note; the tags are all that gogo/protobuf needs.
type Note struct {
	Text      string `protobuf:"bytes,1,opt,name=text,proto3"`
	Count     int64  `protobuf:"varint,2,opt,name=count,proto3"`
	RequestID string `protobuf:"bytes,3,opt,name=request_id,proto3"`
	Body      []byte `protobuf:"bytes,4,opt,name=body,proto3"`
}

func (n *Note) Reset()         { *n = Note{} }
func (n *Note) String() string { return fmt.Sprintf("Note(%q, %d)", n.Text, n.Count) }
func (n *Note) ProtoMessage()  {}

const (
	echoService    = "motcua.testing.v1.Echo"
	controlService = "motcua.testing.v1.Control"
	frameLengthMax = 4 << 20
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		serve(os.Args[2])
		return
	}
	if len(os.Args) == 4 && os.Args[1] == "call" {
		scenario, found := scenarios[os.Args[2]]
		if !found {
			fmt.Println("no scenario", os.Args[2])
			os.Exit(2)
		}
		if err := scenario(os.Args[3]); err != nil {
			fmt.Println("FAILED:", err)
			os.Exit(1)
		}
		fmt.Println("ok")
		return
	}
	fmt.Fprintln(os.Stderr, "interop serve SOCKET | interop call SCENARIO SOCKET")
	os.Exit(2)
}
