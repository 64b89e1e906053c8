//! The layouts, in the order of the Java class Layouts.

use windows_sys::Win32::Networking::WinSock::*;
use windows_sys::Win32::System::IO::*;

pub fn print() {
    winsock();
    completion_port();
    registered_io();
}

fn winsock() {
    layout!(WSABUF { len, buf });
    layout!(WSAMSG { name, namelen, lpBuffers, dwBufferCount, Control, dwFlags });
    layout!(CMSGHDR as WSACMSGHDR { cmsg_len, cmsg_level, cmsg_type });
    layout!(WSADATA {
        wVersion,
        wHighVersion,
        iMaxSockets,
        iMaxUdpDg,
        lpVendorInfo,
        szDescription,
        szSystemStatus,
    });
    layout!(SOCKADDR_IN as sockaddr_in { sin_family, sin_port, sin_addr, sin_zero });
    layout!(SOCKADDR_IN6 as sockaddr_in6 {
        sin6_family,
        sin6_port,
        sin6_flowinfo,
        sin6_addr,
        Anonymous.sin6_scope_id,
    });
    layout!(SOCKADDR_INET { Ipv4, Ipv6, si_family });
    layout!(SOCKADDR_STORAGE as sockaddr_storage { ss_family, __ss_pad1, __ss_align, __ss_pad2 });
    layout!(IP_MREQ as ip_mreq { imr_multiaddr, imr_interface });
    layout!(IP_MREQ_SOURCE as ip_mreq_source { imr_multiaddr, imr_sourceaddr, imr_interface });
    layout!(IPV6_MREQ as ipv6_mreq { ipv6mr_multiaddr, ipv6mr_interface });
    layout!(IN_PKTINFO as in_pktinfo { ipi_addr, ipi_ifindex });
    layout!(IN6_PKTINFO as in6_pktinfo { ipi6_addr, ipi6_ifindex });
    layout!(GROUP_REQ as group_req { gr_interface, gr_group });
    layout!(GROUP_SOURCE_REQ as group_source_req { gsr_interface, gsr_group, gsr_source });
    layout!(WSAPROTOCOL_INFOW { dwServiceFlags1 });
}

fn completion_port() {
    layout!(OVERLAPPED {
        Internal,
        InternalHigh,
        Anonymous.Anonymous.Offset,
        Anonymous.Anonymous.OffsetHigh,
        hEvent,
    });
    layout!(OVERLAPPED_ENTRY {
        lpCompletionKey,
        lpOverlapped,
        Internal,
        dwNumberOfBytesTransferred,
    });
}

fn registered_io() {
    layout!(RIO_BUF { BufferId, Offset, Length });
    layout!(RIORESULT { Status, BytesTransferred, SocketContext, RequestContext });
    layout!(RIO_NOTIFICATION_COMPLETION_0_0 as Event { EventHandle, NotifyReset });
    layout!(RIO_NOTIFICATION_COMPLETION_0_1 as Iocp { IocpHandle, CompletionKey, Overlapped });
    layout!(RIO_NOTIFICATION_COMPLETION { Type, Anonymous as u });
    layout!(RIO_CMSG_BUFFER { TotalLength });
    layout!(RIO_EXTENSION_FUNCTION_TABLE {
        cbSize,
        RIOReceive,
        RIOReceiveEx,
        RIOSend,
        RIOSendEx,
        RIOCloseCompletionQueue,
        RIOCreateCompletionQueue,
        RIOCreateRequestQueue,
        RIODequeueCompletion,
        RIODeregisterBuffer,
        RIONotify,
        RIORegisterBuffer,
        RIOResizeCompletionQueue,
        RIOResizeRequestQueue,
    });
}
