// The echo of containerd's ttrpc and of grpc-go, as the benchmarks of the project measure it.
//
//	echo-go ttrpc|grpc serve SOCKET
//	echo-go ttrpc|grpc load SOCKET SERVER_PID IN_FLIGHT TEXT_BYTES SECONDS
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
)

type protocol struct {
	serve func(path string) error
	// dial returns a call over one connection, and the context that carries the metadata.
	dial func(path string) (call func(context.Context, *EchoMessage) (*EchoMessage, error), base context.Context, err error)
}

var protocols = map[string]protocol{
	"ttrpc": {serveTTRPC, dialTTRPC},
	"grpc":  {serveGRPC, dialGRPC},
}

func run(arguments []string) error {
	if len(arguments) >= 3 {
		if chosen, found := protocols[arguments[0]]; found {
			switch {
			case arguments[1] == "serve" && len(arguments) == 3:
				return chosen.serve(arguments[2])
			case arguments[1] == "load" && len(arguments) == 7:
				numbers := make([]int, 3)
				for index := range numbers {
					number, err := strconv.Atoi(arguments[3+index])
					if err != nil {
						return err
					}
					numbers[index] = number
				}
				seconds, err := strconv.ParseFloat(arguments[6], 64)
				if err != nil {
					return err
				}
				return load(chosen, arguments[2], numbers[0], numbers[1], numbers[2], seconds)
			}
		}
	}
	return fmt.Errorf("echo-go ttrpc|grpc serve SOCKET\n" +
		"echo-go ttrpc|grpc load SOCKET SERVER_PID IN_FLIGHT TEXT_BYTES SECONDS")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
