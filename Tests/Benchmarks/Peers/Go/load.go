package main

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	warmUp  = 300 * time.Millisecond
	timeout = 30 * time.Second
)

// Sent with every call.
var metadataPairs = []string{
	"x-request-id", "0123456789abcdef",
	"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}

const (
	running int32 = iota
	measuring
	stopped
)

// A caller's own; padded, so that counting disturbs no neighbour.
type counter struct {
	calls int64
	_     [56]byte
}

type sample struct {
	calls                int64
	point                time.Time
	clientCPU, serverCPU float64
}

func cpuSeconds(clock int32) float64 {
	var spec unix.Timespec
	if err := unix.ClockGettime(clock, &spec); err != nil {
		panic(err)
	}
	return float64(spec.Sec) + float64(spec.Nsec)/1e9
}

func take(counters []counter, server int) sample {
	var calls int64
	for index := range counters {
		calls += atomic.LoadInt64(&counters[index].calls)
	}
	// The kernel's encoding of a process's CPU clock, as clock_getcpuclockid(3) gives it.
	return sample{calls, time.Now(), cpuSeconds(unix.CLOCK_PROCESS_CPUTIME_ID), cpuSeconds(^int32(server)<<3 | 2)}
}

func load(chosen protocol, path string, server, inFlight, textBytes int, seconds float64) error {
	call, base, err := chosen.dial(path)
	if err != nil {
		return err
	}
	request := &EchoMessage{Text: strings.Repeat("x", textBytes)}
	counters := make([]counter, inFlight)
	failures := make(chan error, inFlight)
	var latencies []float64
	var phase int32
	var group sync.WaitGroup
	for index := range counters {
		group.Add(1)
		go func(own *counter) {
			defer group.Done()
			last := time.Now()
			for {
				ctx, cancel := context.WithTimeout(base, timeout)
				reply, err := call(ctx, request)
				cancel()
				if err != nil {
					failures <- err
					return
				}
				if reply.Text != request.Text {
					failures <- fmt.Errorf("an echo says what was said")
					return
				}
				atomic.StoreInt64(&own.calls, own.calls+1)
				now := atomic.LoadInt32(&phase)
				if now == stopped {
					return
				}
				if inFlight == 1 {
					point := time.Now()
					if now == measuring {
						latencies = append(latencies, float64(point.Sub(last).Nanoseconds())/1e3)
					}
					last = point
				}
			}
		}(&counters[index])
	}
	time.Sleep(warmUp)
	atomic.StoreInt32(&phase, measuring)
	start := take(counters, server)
	time.Sleep(time.Duration(seconds * float64(time.Second)))
	end := take(counters, server)
	atomic.StoreInt32(&phase, stopped)
	group.Wait()
	select {
	case err := <-failures:
		return err
	default:
	}
	report(start, end, latencies)
	return nil
}

func report(start, end sample, latencies []float64) {
	fmt.Printf("{\"calls\": %d, \"seconds\": %.6f, \"client_cpu\": %.6f, \"server_cpu\": %.6f",
		end.calls-start.calls, end.point.Sub(start.point).Seconds(),
		end.clientCPU-start.clientCPU, end.serverCPU-start.serverCPU)
	if len(latencies) > 0 {
		sort.Float64s(latencies)
		fmt.Printf(", \"p50_us\": %.3f, \"p99_us\": %.3f", latencies[len(latencies)/2], latencies[len(latencies)*99/100])
	}
	fmt.Println("}")
}
