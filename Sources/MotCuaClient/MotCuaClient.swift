/// Everything that a Swift integrator needs to call the system: messages, typed clients, statuses, and the channel
/// to the gateway's socket.
///
///     let channel = try UnixSocketChannel(path: "/run/motcua/gateway.sock")
///     let procedures = RecordsV1.ProceduresClient(channel)
///     var query = RecordsV1.SearchProceduresRequest()
///     query.query = "dang ky khai sinh"
///     let found = try await procedures.searchProcedures(query)
@_exported import Messages
@_exported import RPC
@_exported import UnixSocket
