package main

import (
	"context"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

type echoServer struct{}

func (echoServer) Echo(ctx context.Context, request *EchoMessage) (*EchoMessage, error) {
	return &EchoMessage{Text: request.Text}, nil
}

func serveGRPC(path string) error {
	listener, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	RegisterEchoServer(server, echoServer{})
	return server.Serve(listener)
}

func dialGRPC(path string) (func(context.Context, *EchoMessage) (*EchoMessage, error), context.Context, error) {
	connection, err := grpc.Dial("unix:"+path, grpc.WithInsecure(), grpc.WithBlock())
	if err != nil {
		return nil, nil, err
	}
	client := NewEchoClient(connection)
	call := func(ctx context.Context, request *EchoMessage) (*EchoMessage, error) {
		return client.Echo(ctx, request)
	}
	return call, metadata.AppendToOutgoingContext(context.Background(), metadataPairs...), nil
}
