//! The other side of InteropTests: ttrpc-rust, as Debian packages it (0.5.2, blocking, unary calls alone).
//!
//!     interop serve SOCKET             serves until standard input ends
//!     interop call SCENARIO SOCKET     makes the calls of one scenario and prints "ok", or says what failed

use protobuf::{CodedInputStream, CodedOutputStream};
use std::collections::HashMap;
use std::io::Read;
use std::os::unix::io::IntoRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use ttrpc::{Client, Code, Error, MethodHandler, Request, Response, Server, TtrpcContext};

const ECHO: &str = "motcua.testing.v1.Echo";
const FRAME_LENGTH_MAX: usize = 4 << 20;

/// motcua.testing.v1.Note, but for its request_id.
#[derive(Default, Clone, PartialEq, Debug)]
struct Note {
    text: String,
    count: i64,
    body: Vec<u8>,
}

impl Note {
    fn parse(bytes: &[u8]) -> Note {
        let mut note = Note::default();
        let mut input = CodedInputStream::from_bytes(bytes);
        while !input.eof().unwrap() {
            match input.read_raw_varint32().unwrap() {
                0x0a => note.text = input.read_string().unwrap(),
                0x10 => note.count = input.read_int64().unwrap(),
                0x22 => note.body = input.read_bytes().unwrap(),
                key => panic!("an unknown key {}", key),
            }
        }
        note
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut output = CodedOutputStream::vec(&mut bytes);
        if !self.text.is_empty() {
            output.write_string(1, &self.text).unwrap();
        }
        if self.count != 0 {
            output.write_int64(2, self.count).unwrap();
        }
        if !self.body.is_empty() {
            output.write_bytes(4, &self.body).unwrap();
        }
        output.flush().unwrap();
        drop(output);
        bytes
    }
}

struct Method(fn(&TtrpcContext, Note) -> Result<Note, ttrpc::Status>);

impl MethodHandler for Method {
    /// Does what ttrpc's own `request_handler!` does: a success carries an empty status.
    fn handler(&self, context: TtrpcContext, request: Request) -> ttrpc::Result<()> {
        let mut response = Response::new();
        match (self.0)(&context, Note::parse(&request.payload)) {
            Ok(note) => {
                response.set_status(ttrpc::get_status(Code::OK, ""));
                response.payload = note.bytes();
            }
            Err(status) => response.set_status(status),
        }
        ttrpc::response_to_channel(context.mh.stream_id, response, context.res_tx)
    }
}

fn refuse(_: &TtrpcContext, note: Note) -> Result<Note, ttrpc::Status> {
    let mut status = ttrpc::get_status(Code::OK, &note.text);
    status.code = protobuf::ProtobufEnum::from_i32(note.count as i32).unwrap();
    let mut detail = ttrpc::ttrpc::Any::new();
    detail.type_url = "type.googleapis.com/x.Y".to_string();
    detail.value = vec![1, 2, 3];
    status.mut_details().push(detail);
    Err(status)
}

fn describe(context: &TtrpcContext, _: Note) -> Result<Note, ttrpc::Status> {
    let mut lines = Vec::new();
    for (key, values) in &context.metadata {
        lines.extend(values.iter().map(|value| format!("{}={}", key, value)));
    }
    // The keys come in any order, the values of one in theirs.
    lines.sort_by_key(|line| line.split('=').next().unwrap().to_string());
    Ok(Note { text: lines.join("\n"), count: context.timeout_nano / 1_000_000, ..Note::default() })
}

fn serve(socket: &str) {
    let mut methods: HashMap<String, Box<dyn MethodHandler + Send + Sync>> = HashMap::new();
    let mut add = |name: &str, method| {
        methods.insert(format!("/{}/{}", ECHO, name), Box::new(Method(method)));
    };
    add("Echo", |_, note| Ok(note));
    add("Refuse", refuse);
    add("Describe", describe);
    // 0.5 takes every path for an abstract one, so the descriptors are made here.
    let listener = UnixListener::bind(socket).unwrap().into_raw_fd();
    let mut server = Server::new().add_listener(listener).unwrap().register_service(methods);
    server.start().unwrap();
    // The test holds the other end.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    std::process::exit(0);
}

fn request(service: &str, method: &str, note: &Note) -> Request {
    let mut request = Request::new();
    request.set_service(service.to_string());
    request.set_method(method.to_string());
    request.payload = note.bytes();
    request
}

fn call(client: &Client, method: &str, note: &Note) -> Result<Note, Error> {
    client.request(request(ECHO, method, note)).map(|response| Note::parse(&response.payload))
}

fn expect(result: Result<Note, Error>, code: i32, message: &str) -> ttrpc::Status {
    match result {
        Err(Error::RpcStatus(status)) => {
            assert_eq!(protobuf::ProtobufEnum::value(&status.get_code()), code, "{:?}", status);
            assert!(status.get_message().contains(message), "{:?}", status);
            status
        }
        other => panic!("wanted {} {:?}, got {:?}", code, message, other),
    }
}

fn echo(client: &Client, size: usize) {
    let note = Note { text: "một cửa".into(), count: -1, body: vec![7; size] };
    assert!(call(client, "Echo", &note).unwrap() == note);
}

fn run(scenario: &str, client: &Client) {
    match scenario {
        "echo" => {
            assert_eq!(call(client, "Echo", &Note::default()).unwrap(), Note::default());
            [0, 64, 2048, FRAME_LENGTH_MAX - 1024].iter().for_each(|size| echo(client, *size));
        }
        "response-too-large" => {
            let note = Note { count: FRAME_LENGTH_MAX as i64 + 1, ..Note::default() };
            expect(call(client, "Inflate", &note), 8, "does not fit a frame");
        }
        "unknown" => {
            expect(call(client, "Nothing", &Note::default()), 12, "method Nothing");
            let answer = client.request(request("no.Such", "Echo", &Note::default()));
            expect(answer.map(|_| Note::default()), 12, "service no.Such");
        }
        "status-codes" => {
            for code in 1..=16 {
                let note = Note { text: "không được".into(), count: code, ..Note::default() };
                let status = expect(call(client, "Refuse", &note), code as i32, "không được");
                assert_eq!(status.get_details()[0].value, vec![1, 2, 3]);
            }
        }
        "metadata-and-deadline" => {
            let mut described = request(ECHO, "Describe", &Note::default());
            described.set_timeout_nano(20_000_000_000);
            let mut metadata = HashMap::new();
            metadata.insert("k".to_string(), vec!["1".to_string(), "2".into(), "1".into()]);
            described.set_metadata(ttrpc::context::to_pb(metadata));
            let answer = Note::parse(&client.request(described).unwrap().payload);
            assert_eq!(answer.text, "k=1\nk=2\nk=1");
            assert!((1..=20_000).contains(&answer.count), "{} ms left", answer.count);
        }
        "concurrent" => {
            let callers: Vec<_> = (0..64)
                .map(|index| {
                    let client = client.clone();
                    std::thread::spawn(move || echo(&client, index * 100))
                })
                .collect();
            callers.into_iter().for_each(|caller| caller.join().unwrap());
        }
        _ => panic!("no scenario {}", scenario),
    }
    // Whatever was refused, the connection is of use.
    echo(client, 1);
    println!("ok");
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let arguments: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve", socket] => serve(socket),
        ["call", scenario, socket] => {
            run(scenario, &Client::new(UnixStream::connect(socket).unwrap().into_raw_fd()))
        }
        _ => panic!("interop serve SOCKET | interop call SCENARIO SOCKET"),
    }
}
