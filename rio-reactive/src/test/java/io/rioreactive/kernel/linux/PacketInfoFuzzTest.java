package io.rioreactive.kernel.linux;

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

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @SuppressWarnings("restricted")
  void whateverTheControlSaysTheInfoIsOneThatCanBe(boolean isIpv6) {
    SocketAddressFormat format = new SocketAddressFormat(Constants.AF_INET6, isIpv6);
    try (Arena arena = Arena.ofConfined()) {
      ReceiveControls controls = new ReceiveControls(arena, MESSAGE + 1);
      MemorySegment slots = arena.allocate(3 * PacketInfo.SIZE);

      FUZZ.run(
          format,
          MemorySegment.ofAddress(controls.address(MESSAGE)).reinterpret(ReceiveControls.SIZE),
          slots,
          (told, flags) ->
              controls.read(MESSAGE, told, format, PacketInfoFuzz.PORT, slots, PacketInfo.SIZE));
    }
  }
}
