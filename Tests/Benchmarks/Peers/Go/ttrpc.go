package main

import (
	"context"
	"net"

	"github.com/containerd/ttrpc"
)

const service, method = "motcua.testing.v1.Echo", "Echo"

func serveTTRPC(path string) error {
	server, err := ttrpc.NewServer()
	if err != nil {
		return err
	}
	server.Register(service, map[string]ttrpc.Method{
		method: func(ctx context.Context, unmarshal func(interface{}) error) (interface{}, error) {
			var request EchoMessage
			if err := unmarshal(&request); err != nil {
				return nil, err
			}
			return &EchoMessage{Text: request.Text}, nil
		},
	})
	listener, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	return server.Serve(context.Background(), listener)
}

func dialTTRPC(path string) (func(context.Context, *EchoMessage) (*EchoMessage, error), context.Context, error) {
	connection, err := net.Dial("unix", path)
	if err != nil {
		return nil, nil, err
	}
	client := ttrpc.NewClient(connection)
	metadata := ttrpc.MD{}
	for index := 0; index < len(metadataPairs); index += 2 {
		metadata.Set(metadataPairs[index], metadataPairs[index+1])
	}
	call := func(ctx context.Context, request *EchoMessage) (*EchoMessage, error) {
		var reply EchoMessage
		return &reply, client.Call(ctx, service, method, request, &reply)
	}
	return call, ttrpc.WithMetadata(context.Background(), metadata), nil
}
