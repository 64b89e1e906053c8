package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.PacketInfoFuzz;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packet info from control buffers with anything in them. */
class PacketInfoFuzzTest {

  private static final PacketInfoFuzz FUZZ =
      new PacketInfoFuzz(
          new int[] {Constants.IPPROTO_IP, Constants.IPPROTO_IPV6},
          Constants.IP_TOS,
          Constants.IP_TTL,
          Constants.IP_PKTINFO,
          Constants.IPV6_PKTINFO,
          Constants.IPV6_HOPLIMIT,
          Constants.IPV6_TCLASS);

  private static final int MESSAGE = 7;
  private static final long CONTROL_SIZE = 144; // of a receive's buffer

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @SuppressWarnings("restricted")
  void whateverTheControlSaysTheInfoIsOneThatCanBe(boolean isIpv6) {
    SocketAddressFormat format = new SocketAddressFormat(Constants.AF_INET6, isIpv6);
    try (Arena arena = Arena.ofConfined()) {
      ReceiveControls messages = new ReceiveControls(arena);
      MessageHeaders headers = messages.headers();
      MemorySegment slots = arena.allocate(3 * PacketInfo.SIZE);

      FUZZ.run(
          format,
          MemorySegment.ofAddress(controlAddress(headers)).reinterpret(CONTROL_SIZE),
          slots,
          (told, flags) -> {
            headers.setControlLength(MESSAGE, told);
            messages.read(MESSAGE, format, PacketInfoFuzz.PORT, slots, PacketInfo.SIZE);
          });
    }
  }

  @SuppressWarnings("restricted")
  private static long controlAddress(MessageHeaders headers) {
    long header = MESSAGE * Layouts.MMSGHDR.size();
    return MemorySegment.ofAddress(headers.address())
        .reinterpret(MessageHeaders.CAPACITY * Layouts.MMSGHDR.size())
        .get(JAVA_LONG, header + Layouts.MMSGHDR.offset("msg_hdr", "msg_control"));
  }
}
