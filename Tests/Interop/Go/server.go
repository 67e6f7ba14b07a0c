package main

import (
	"context"
	"io"
	"net"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/containerd/ttrpc"
	"github.com/golang/protobuf/ptypes/any"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/status"
)

// echo has the handlers that RPCTesting's EchoService has.
type echo struct {
	server        *ttrpc.Server
	gate          chan struct{}
	arrivals      int64
	cancellations int64
}

func serve(socket string) {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		panic(err)
	}
	server, err := ttrpc.NewServer()
	if err != nil {
		panic(err)
	}
	e := &echo{server: server, gate: make(chan struct{})}
	server.Register(echoService, map[string]ttrpc.Method{
		"Echo":     note(e.echo),
		"Hold":     note(e.hold),
		"Refuse":   note(e.refuse),
		"Inflate":  note(e.inflate),
		"Describe": note(e.describe),
	})
	server.Register(controlService, map[string]ttrpc.Method{
		"Open":  note(e.open),
		"Held":  note(e.held),
		"Drain": note(e.drain),
		"Exit":  note(e.exit),
	})
	go func() {
		// The test holds the other end.
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	server.Serve(context.Background(), listener)
	// Shutdown makes Serve return before the calls in flight are answered.
	select {}
}

func note(handle func(context.Context, *Note) (*Note, error)) ttrpc.Method {
	return func(ctx context.Context, unmarshal func(interface{}) error) (interface{}, error) {
		request := &Note{}
		if err := unmarshal(request); err != nil {
			return nil, err
		}
		response, err := handle(ctx, request)
		if err != nil {
			return nil, err
		}
		return response, nil
	}
}

func (e *echo) echo(_ context.Context, request *Note) (*Note, error) { return request, nil }

func (e *echo) hold(ctx context.Context, request *Note) (*Note, error) {
	atomic.AddInt64(&e.arrivals, 1)
	select {
	case <-e.gate:
		return request, nil
	case <-ctx.Done():
		atomic.AddInt64(&e.cancellations, 1)
		return nil, ctx.Err()
	}
}

func (e *echo) refuse(_ context.Context, request *Note) (*Note, error) {
	return nil, status.ErrorProto(&spb.Status{
		Code: int32(request.Count), Message: request.Text,
		Details: []*any.Any{{TypeUrl: "type.googleapis.com/x.Y", Value: []byte{1, 2, 3}}},
	})
}

func (e *echo) inflate(_ context.Context, request *Note) (*Note, error) {
	return &Note{Body: make([]byte, request.Count)}, nil
}

func (e *echo) describe(ctx context.Context, _ *Note) (*Note, error) {
	var lines []string
	metadata, _ := ttrpc.GetMetadata(ctx)
	for key, values := range metadata {
		for _, value := range values {
			lines = append(lines, key+"="+value)
		}
	}
	sort.SliceStable(lines, func(i, j int) bool {
		return strings.SplitN(lines[i], "=", 2)[0] < strings.SplitN(lines[j], "=", 2)[0]
	})
	answer := &Note{Text: strings.Join(lines, "\n")}
	if deadline, found := ctx.Deadline(); found {
		answer.Count = time.Until(deadline).Milliseconds()
	}
	return answer, nil
}

func (e *echo) open(context.Context, *Note) (*Note, error) {
	close(e.gate)
	return &Note{}, nil
}

func (e *echo) held(context.Context, *Note) (*Note, error) {
	return &Note{
		Count: atomic.LoadInt64(&e.arrivals),
		Text:  strconv.FormatInt(atomic.LoadInt64(&e.cancellations), 10),
	}, nil
}

func (e *echo) drain(context.Context, *Note) (*Note, error) {
	go e.server.Shutdown(context.Background())
	return &Note{}, nil
}

func (e *echo) exit(context.Context, *Note) (*Note, error) {
	os.Exit(0)
	return nil, nil
}
