package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const patience = 20 * time.Second

var scenarios = map[string]func(socket string) error{
	"echo-empty":         echoOf(0),
	"echo-64":            echoOf(64),
	"echo-2048":          echoOf(2048),
	"echo-4MiB":          echoOf(frameLengthMax - 1024),
	"request-too-large":  requestTooLarge,
	"response-too-large": responseTooLarge,
	"unknown-service":    unknown("no.Such", "Echo", "service no.Such"),
	"unknown-method":     unknown(echoService, "Nothing", "method Nothing"),
	"status-codes":       statusCodes,
	"metadata":           metadata,
	"deadline-seen":      deadlineSeen,
	"deadline-exceeded":  deadlineExceeded,
	"concurrent":         concurrent,
	"out-of-order":       outOfOrder,
	"cancellation":       cancellation,
	"drain":              drain,
	"connection-lost":    connectionLost,
}

type client struct{ *ttrpc.Client }

func dial(socket string) (*client, error) {
	connection, err := net.Dial("unix", socket)
	if err != nil {
		return nil, err
	}
	return &client{ttrpc.NewClient(connection)}, nil
}

func (c *client) call(ctx context.Context, method string, request *Note) (*Note, error) {
	response := &Note{}
	return response, c.Call(ctx, echoService, method, request, response)
}

func (c *client) control(method string) (*Note, error) {
	response := &Note{}
	return response, c.Call(context.Background(), controlService, method, &Note{}, response)
}

// Waits until the server says that so many calls are held and so many were cancelled.
func (c *client) untilHeld(count int64, cancelled string) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		held, err := c.control("Held")
		if err != nil {
			return err
		}
		if held.Count == count && held.Text == cancelled {
			return nil
		}
	}
	return fmt.Errorf("%d calls were not held, or %s not cancelled", count, cancelled)
}

func (c *client) echoes() error {
	request := &Note{Text: "còn đây", Count: -1, Body: []byte{0, 1, 255}}
	response, err := c.call(context.Background(), "Echo", request)
	if err != nil {
		return fmt.Errorf("the connection is of no more use: %w", err)
	}
	if response.Text != request.Text || response.Count != -1 || !bytes.Equal(response.Body, request.Body) {
		return fmt.Errorf("%v came back as %v", request, response)
	}
	return nil
}

func expect(err error, code codes.Code, message string) error {
	got, ok := status.FromError(err)
	if err == nil || !ok || got.Code() != code || !strings.Contains(got.Message(), message) {
		return fmt.Errorf("wanted %v %q, got %v", code, message, err)
	}
	return nil
}

func echoOf(size int) func(string) error {
	return func(socket string) error {
		c, err := dial(socket)
		if err != nil {
			return err
		}
		request := &Note{Body: bytes.Repeat([]byte{7}, size)}
		response, err := c.call(context.Background(), "Echo", request)
		if err != nil {
			return err
		}
		if !bytes.Equal(response.Body, request.Body) {
			return fmt.Errorf("%d bytes came back as %d", size, len(response.Body))
		}
		return c.echoes()
	}
}

func requestTooLarge(socket string) error {
	c, err := dial(socket)
	if err != nil {
		return err
	}
	// 1.1 sends what no frame may hold.
	_, err = c.call(context.Background(), "Echo", &Note{Body: make([]byte, frameLengthMax+1)})
	if err := expect(err, codes.ResourceExhausted, "exceed maximum message size of 4194304"); err != nil {
		return err
	}
	return c.echoes()
}

func responseTooLarge(socket string) error {
	c, err := dial(socket)
	if err != nil {
		return err
	}
	_, err = c.call(context.Background(), "Inflate", &Note{Count: frameLengthMax + 1})
	if err := expect(err, codes.ResourceExhausted, "does not fit a frame"); err != nil {
		return err
	}
	return c.echoes()
}

func unknown(service, method, message string) func(string) error {
	return func(socket string) error {
		c, err := dial(socket)
		if err != nil {
			return err
		}
		err = c.Call(context.Background(), service, method, &Note{}, &Note{})
		if err := expect(err, codes.Unimplemented, message); err != nil {
			return err
		}
		return c.echoes()
	}
}

func statusCodes(socket string) error {
	c, err := dial(socket)
	if err != nil {
		return err
	}
	for code := codes.Canceled; code <= codes.Unauthenticated; code++ {
		_, err := c.call(context.Background(), "Refuse", &Note{Text: "không được", Count: int64(code)})
		if err := expect(err, code, "không được"); err != nil {
			return err
		}
		details := status.Convert(err).Proto().Details
		if len(details) != 1 || details[0].TypeUrl != "type.googleapis.com/x.Y" ||
			!bytes.Equal(details[0].Value, []byte{1, 2, 3}) {
			return fmt.Errorf("code %d has the details %v", code, details)
		}
	}
	return c.echoes()
}

func metadata(socket string) error {
	c, err := dial(socket)
	if err != nil {
		return err
	}
	values := ttrpc.MD{}
	values.Set("Trace-Id", "1", "2", "1")
	values.Set("place", "Hà Nội")
	answer, err := c.call(ttrpc.WithMetadata(context.Background(), values), "Describe", &Note{})
	if err != nil {
		return err
	}
	// A map: the keys come in any order, the values of one in theirs.
	traces := []string{}
	for _, line := range strings.Split(answer.Text, "\n") {
		if strings.HasPrefix(line, "trace-id=") {
			traces = append(traces, line)
		} else if line != "place=Hà Nội" {
			return fmt.Errorf("the handler saw %q", answer.Text)
		}
	}
	if strings.Join(traces, " ") != "trace-id=1 trace-id=2 trace-id=1" {
		return fmt.Errorf("the handler saw %q", answer.Text)
	}
	return c.echoes()
}

func deadlineSeen(socket string) error {
	c, err := dial(socket)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	answer, err := c.call(ctx, "Describe", &Note{})
	if err != nil {
		return err
	}
	if answer.Count < 1 || answer.Count > 20_000 {
		return fmt.Errorf("the handler has %d ms left of 20,000", answer.Count)
	}
	answer, err = c.call(context.Background(), "Describe", &Note{})
	if err != nil || answer.Count != 0 {
		return fmt.Errorf("a call without a deadline has %d ms left: %v", answer.Count, err)
	}
	return nil
}

func deadlineExceeded(socket string) error {
	c, err := dial(socket)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	// Either side may say it first.
	_, err = c.call(ctx, "Hold", &Note{})
	if !errors.Is(err, context.DeadlineExceeded) && status.Code(err) != codes.DeadlineExceeded {
		return fmt.Errorf("wanted the deadline's end, got %v", err)
	}
	if err := c.untilHeld(1, "1"); err != nil {
		return err
	}
	return c.echoes()
}

func concurrent(socket string) error {
	c, err := dial(socket)
	if err != nil {
		return err
	}
	failures := make(chan error, 64)
	for index := 0; index < 64; index++ {
		go func(text string) {
			answer, err := c.call(context.Background(), "Hold", &Note{Text: text})
			if err == nil && answer.Text != text {
				err = fmt.Errorf("%s was answered %s", text, answer.Text)
			}
			failures <- err
		}(fmt.Sprint("call ", index))
	}
	if err := c.untilHeld(64, "0"); err != nil {
		return err
	}
	if _, err := c.control("Open"); err != nil {
		return err
	}
	for index := 0; index < 64; index++ {
		if err := <-failures; err != nil {
			return err
		}
	}
	return c.echoes()
}

func outOfOrder(socket string) error {
	c, err := dial(socket)
	if err != nil {
		return err
	}
	slow := make(chan error, 1)
	go func() {
		answer, err := c.call(context.Background(), "Hold", &Note{Text: "slow"})
		if err == nil && answer.Text != "slow" {
			err = fmt.Errorf("slow was answered %s", answer.Text)
		}
		slow <- err
	}()
	if err := c.untilHeld(1, "0"); err != nil {
		return err
	}
	for index := 0; index < 100; index++ {
		if err := c.echoes(); err != nil {
			return err
		}
	}
	select {
	case err := <-slow:
		return fmt.Errorf("the held call has ended: %v", err)
	default:
	}
	if _, err := c.control("Open"); err != nil {
		return err
	}
	return <-slow
}

func cancellation(socket string) error {
	c, err := dial(socket)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		_, err := c.call(ctx, "Hold", &Note{})
		ended <- err
	}()
	if err := c.untilHeld(1, "0"); err != nil {
		return err
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		return fmt.Errorf("wanted the cancellation, got %v", err)
	}
	// The answer that nobody waits for is dropped.
	if _, err := c.control("Open"); err != nil {
		return err
	}
	return c.echoes()
}

func drain(socket string) error {
	c, err := dial(socket)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		answer, err := c.call(context.Background(), "Hold", &Note{Text: "kept"})
		if err == nil && answer.Text != "kept" {
			err = fmt.Errorf("the call in flight was answered %v", answer)
		}
		ended <- err
	}()
	if err := c.untilHeld(1, "0"); err != nil {
		return err
	}
	if _, err := c.control("Drain"); err != nil {
		return err
	}
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		err = c.echoes()
		if err != nil || time.Now().After(end) {
			break
		}
	}
	if status.Code(errors.Unwrap(err)) != codes.Unavailable {
		return fmt.Errorf("wanted a refusal while the server drains, got %v", err)
	}
	// google.rpc.ErrorInfo says that the call was not begun.
	details := status.Convert(errors.Unwrap(err)).Proto().Details
	if len(details) != 1 || !bytes.Contains(details[0].Value, []byte("DRAINING")) {
		return fmt.Errorf("the refusal has the details %v", details)
	}
	if _, err := net.Dial("unix", socket); err == nil {
		return errors.New("a server that drains still listens")
	}
	// The test opens the gate once it has seen that this process is done with refusals.
	fmt.Println("refused")
	if err := <-ended; err != nil {
		return err
	}
	return expectClosed(c)
}

func connectionLost(socket string) error {
	c, err := dial(socket)
	if err != nil {
		return err
	}
	ended := make(chan error, 64)
	for index := 0; index < 64; index++ {
		go func() {
			_, err := c.call(context.Background(), "Hold", &Note{})
			ended <- err
		}()
	}
	if err := c.untilHeld(64, "0"); err != nil {
		return err
	}
	go c.control("Exit")
	for index := 0; index < 64; index++ {
		if err := <-ended; !errors.Is(err, ttrpc.ErrClosed) {
			return fmt.Errorf("wanted the connection's end, got %v", err)
		}
	}
	return nil
}

func expectClosed(c *client) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		_, err := c.call(context.Background(), "Echo", &Note{})
		if errors.Is(err, ttrpc.ErrClosed) {
			return nil
		}
	}
	return errors.New("the server's end stays open")
}
