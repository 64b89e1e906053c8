//! The functions, in the order of the Java classes that call them.

use windows_sys::Win32::Foundation::*;
use windows_sys::Win32::Networking::WinSock::*;
use windows_sys::Win32::Storage::FileSystem::*;
use windows_sys::Win32::System::Memory::*;
use windows_sys::Win32::System::Threading::*;
use windows_sys::Win32::System::IO::*;

pub fn print() {
    // Winsock
    functions!(
        WSAStartup(_, _),
        WSASocketW(_, _, _, _, _, _),
        bind(_, _, _),
        connect(_, _, _),
        getsockname(_, _, _),
        setsockopt(_, _, _, _, _),
        getsockopt(_, _, _, _, _),
        ioctlsocket(_, _, _),
        WSAIoctl(_, _, _, _, _, _, _, _, _),
        closesocket(_),
        WSARecvFrom(_, _, _, _, _, _, _, _, _),
        WSASendTo(_, _, _, _, _, _, _, _, _),
    );
    function_pointers!(WSARecvMsg: LPFN_WSARECVMSG, WSASendMsg: LPFN_WSASENDMSG);
    // Kernel32
    functions!(
        CreateIoCompletionPort(_, _, _, _),
        GetQueuedCompletionStatusEx(_, _, _, _, _, _),
        PostQueuedCompletionStatus(_, _, _, _),
        CloseHandle(_),
        CreateEventW(_, _, _, _),
        SetEvent(_),
        WaitForMultipleObjects(_, _, _, _),
        VirtualAlloc(_, _, _, _),
        VirtualFree(_, _, _),
        SetFileCompletionNotificationModes(_, _),
        CancelIoEx(_, _),
        SwitchToThread(),
    );
    // RioFunctions
    function_pointers!(
        RIOReceive: LPFN_RIORECEIVE,
        RIOReceiveEx: LPFN_RIORECEIVEEX,
        RIOSend: LPFN_RIOSEND,
        RIOSendEx: LPFN_RIOSENDEX,
        RIOCloseCompletionQueue: LPFN_RIOCLOSECOMPLETIONQUEUE,
        RIOCreateCompletionQueue: LPFN_RIOCREATECOMPLETIONQUEUE,
        RIOCreateRequestQueue: LPFN_RIOCREATEREQUESTQUEUE,
        RIODequeueCompletion: LPFN_RIODEQUEUECOMPLETION,
        RIODeregisterBuffer: LPFN_RIODEREGISTERBUFFER,
        RIONotify: LPFN_RIONOTIFY,
        RIORegisterBuffer: LPFN_RIOREGISTERBUFFER,
        RIOResizeCompletionQueue: LPFN_RIORESIZECOMPLETIONQUEUE,
    );
}
