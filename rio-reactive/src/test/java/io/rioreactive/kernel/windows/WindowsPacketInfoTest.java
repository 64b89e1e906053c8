package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Control messages byte by byte as the headers of the Windows SDK have them, on any system. */
class WindowsPacketInfoTest {

  private static final int PORT = 4_711;
  private static final int SLOT = 1;
  private static final int CONTROL = 32;
  private static final int INFO = CONTROL + WindowsPacketInfo.RECEIVE_SIZE;
  private static final int STRIDE = INFO + PacketInfo.SIZE;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment memory = arena.allocate(3L * STRIDE, Long.BYTES);
  private final SlotRegion slots = new SlotRegion(memory, 3, STRIDE, 0, STRIDE, 0, INFO);
  private final long control = slots.stride() * SLOT + CONTROL;
  private final long info = slots.infoAt(SLOT);
  private final SocketAddressFormat four = new SocketAddressFormat(Constants.AF_INET6, false);
  private final SocketAddressFormat six = new SocketAddressFormat(Constants.AF_INET6, true);

  /** Bytes of control written so far. */
  private int length;

  @AfterEach
  void free() {
    arena.close();
  }

  private WindowsPacketInfo over(SocketAddressFormat format) {
    return new WindowsPacketInfo(slots, CONTROL, WindowsPacketInfo.RECEIVE_SIZE, format, PORT);
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  // ---- receive

  private void tell(int level, int type, byte[] data) {
    long at = control + length;
    memory.set(JAVA_LONG, at, 16L + data.length);
    memory.set(JAVA_INT, at + 8, level);
    memory.set(JAVA_INT, at + 12, type);
    MemorySegment.copy(data, 0, memory, JAVA_BYTE, at + 16, data.length);
    length += 16 + (data.length + 7) / 8 * 8;
  }

  private void tell(int level, int type, int value) {
    tell(level, type, new byte[] {(byte) value, (byte) (value >> 8), 0, 0});
  }

  /** As in_pktinfo and in6_pktinfo stand in memory: the address, and the index behind it. */
  private void tellAddress(InetAddress address, int index) {
    byte[] bytes = address.getAddress();
    byte[] data = Arrays.copyOf(bytes, bytes.length + 4);
    data[bytes.length] = (byte) index;
    tell(bytes.length == 4 ? 0 : 41, 19, data);
  }

  private void tellMapped(String literal, int index) {
    byte[] data = new byte[20];
    data[10] = -1;
    data[11] = -1;
    System.arraycopy(address(literal).getAddress(), 0, data, 12, 4);
    data[16] = (byte) index;
    tell(41, 19, data);
  }

  private void read(SocketAddressFormat format, int flags) {
    over(format).read(SLOT, length, flags);
  }

  private void assertCameTo(SocketAddressFormat format, String literal, int origin, int index) {
    assertThat(format.read(memory, info)).isEqualTo(new InetSocketAddress(literal, PORT));
    assertThat(PacketInfo.origin(memory, info)).isEqualTo(origin);
    assertThat(PacketInfo.interfaceIndex(memory, info)).isEqualTo(index);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatCameByIpv4IsReadOnBothKindsOfSockets(boolean isIpv6) {
    SocketAddressFormat format = isIpv6 ? six : four;
    tellAddress(address("192.0.2.7"), 12);
    tell(0, 4, 128);
    tell(0, 3, 0xB9);

    read(format, 0);

    assertCameTo(format, "192.0.2.7", PacketInfo.ADDRESS, 12);
    assertThat(PacketInfo.hopLimit(memory, info)).isEqualTo(128);
    assertThat(PacketInfo.trafficClass(memory, info)).isEqualTo(0xB9);
  }

  @Test
  void whatCameByIpv6IsRead() {
    tellAddress(address("2001:db8::7"), 12);
    tell(41, 21, 255);
    tell(41, 39, 0x2E);

    read(six, 0);

    assertCameTo(six, "2001:db8::7", PacketInfo.ADDRESS, 12);
    assertThat(PacketInfo.hopLimit(memory, info)).isEqualTo(255);
    assertThat(PacketInfo.trafficClass(memory, info)).isEqualTo(0x2E);
  }

  /** IP_TTL, or IP_HOPLIMIT as it was asked for. */
  @ParameterizedTest
  @ValueSource(ints = {4, 21})
  void anIpv4HopLimitHasOneOfTwoTypes(int type) {
    tell(0, type, 17);

    read(four, 0);

    assertThat(PacketInfo.hopLimit(memory, info)).isEqualTo(17);
  }

  @Test
  void aMappedAddressIsAnIpv4Address() {
    tellMapped("192.0.2.7", 12);

    read(six, 0);

    assertCameTo(six, "192.0.2.7", PacketInfo.ADDRESS, 12);
  }

  @Test
  void allThatASocketAsksForHasRoom() {
    tellMapped("192.0.2.7", 12);
    tellAddress(address("192.0.2.7"), 12);
    tell(0, 4, 1);
    tell(0, 3, 2);
    tell(41, 21, 3);
    tell(41, 39, 4);

    assertThat(length).isEqualTo(WindowsPacketInfo.RECEIVE_SIZE);
    read(six, 0);
    assertThat(PacketInfo.trafficClass(memory, info)).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.255, 0x400",
    "192.0.2.255, 0x500", // and cut off
    "255.255.255.255, 0x400",
    "255.255.255.255, 0", // a system that does not tell, as Wine
    "239.1.2.3, 0x800",
    "239.1.2.3, 0",
    "224.0.0.1, 0",
    "ff02::1, 0x800",
    "ff0e::7, 0",
    "192.0.2.7, 0x400" // a broadcast on the link
  })
  void whatCameToManyIsNoSource(String literal, String flags) {
    tellAddress(address(literal), 3);

    read(six, Integer.decode(flags));

    assertThat(PacketInfo.origin(memory, info)).isEqualTo(PacketInfo.INTERFACE);
    assertThat(PacketInfo.interfaceIndex(memory, info)).isEqualTo(3);
    assertThat(six.read(memory, info).getAddress().getAddress())
        .isEqualTo(address(literal).getAddress());
  }

  @ParameterizedTest
  @CsvSource({"fe80::7, 5", "ff02::7, 5", "ff01::7, 5", "ff05::7, 0", "2001:db8::7, 0", "::1, 0"})
  void anAddressOfALinkHasTheInterfaceAsItsScope(String literal, int scope) {
    tellAddress(address(literal), 5);

    read(six, 0);

    InetAddress told = six.read(memory, info).getAddress();
    assertThat(((Inet6Address) told).getScopeId()).isEqualTo(scope);
  }

  /** As under memory pressure, or where the options are refused. */
  @Test
  void whatIsNotToldIsUnknown() {
    tellAddress(address("192.0.2.7"), 12);
    tell(0, 4, 17);
    tell(0, 3, 18);
    read(four, 0);
    length = 0;

    read(four, 0);

    assertThat(PacketInfo.origin(memory, info)).isEqualTo(PacketInfo.UNKNOWN);
    assertThat(PacketInfo.interfaceIndex(memory, info)).isZero();
    assertThat(PacketInfo.hopLimit(memory, info)).isEqualTo(PacketInfo.NOT_TOLD);
    assertThat(PacketInfo.trafficClass(memory, info)).isEqualTo(PacketInfo.NOT_TOLD);
  }

  @ParameterizedTest
  @CsvSource({
    "0x200, 0, true",
    "0x600, 64, true",
    "0x200, 65, false", // which cannot be
    "0x200, -1, false",
    "0x300, 64, false",
    "0x100, 64, false",
    "0, 64, false"
  })
  void controlAloneIsCutOffWhereTheDatagramIsNot(String flags, int bytes, boolean isAlone) {
    assertThat(WindowsPacketInfo.isControlAloneCutOff(Integer.decode(flags), bytes, 64))
        .isEqualTo(isAlone);
  }

  // ---- send

  private String written(
      WindowsPacketInfo packetInfo,
      SocketAddressFormat format,
      String target,
      int origin,
      @Nullable InetAddress source,
      int index) {
    memory.fill((byte) 0xEE);
    format.write(memory, slots.addressAt(SLOT), new InetSocketAddress(address(target), 9));
    PacketInfo.clear(memory, info);
    if (source != null) {
      format.write(memory, info, new InetSocketAddress(source, 9));
    }
    PacketInfo.setOrigin(memory, info, origin, index);
    int size = packetInfo.write(SLOT);
    byte[] bytes = memory.asSlice(control, Math.max(0, size)).toArray(JAVA_BYTE);
    return size < 0 ? "impossible" : HexFormat.of().formatHex(bytes).replaceAll("(.{8})", " $1");
  }

  private String written(
      SocketAddressFormat format, String target, int origin, @Nullable String source, int index) {
    InetAddress address = source == null ? null : address(source);
    return written(over(format), format, target, origin, address, index);
  }

  private static final String V4_HEADER = " 18000000 00000000 00000000 13000000";
  private static final String V6_HEADER = " 24000000 00000000 29000000 13000000";

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anIpv4SourceIsInPktinfoOnBothKindsOfSockets(boolean isIpv6) {
    SocketAddressFormat format = isIpv6 ? six : four;
    assertThat(written(format, "192.0.2.9", PacketInfo.ADDRESS, "192.0.2.7", 0))
        .isEqualTo(V4_HEADER + " c0000207 00000000");
    assertThat(written(format, "192.0.2.9", PacketInfo.ADDRESS, "192.0.2.7", 5))
        .isEqualTo(V4_HEADER + " c0000207 05000000");
    assertThat(written(format, "192.0.2.9", PacketInfo.INTERFACE, null, 5))
        .isEqualTo(V4_HEADER + " 00000000 05000000");
    assertThat(written(format, "192.0.2.9", PacketInfo.UNKNOWN, null, 0)).isEmpty();
  }

  @Test
  void anIpv6SourceIsIn6Pktinfo() {
    assertThat(written(six, "2001:db8::9", PacketInfo.ADDRESS, "2001:db8::7", 0))
        .startsWith(V6_HEADER + " 20010db8 00000000 00000000 00000007 00000000");
    assertThat(written(six, "2001:db8::9", PacketInfo.ADDRESS, "2001:db8::7", 5))
        .startsWith(V6_HEADER + " 20010db8 00000000 00000000 00000007 05000000");
    assertThat(written(six, "2001:db8::9", PacketInfo.INTERFACE, null, 5))
        .startsWith(V6_HEADER + " 00000000 00000000 00000000 00000000 05000000")
        .hasSize(9 * (WindowsPacketInfo.SEND_SIZE / 4));
  }

  @Test
  void anAddressOfALinkLeavesByItsScope() throws UnknownHostException {
    Inet6Address own = Inet6Address.getByAddress(null, address("fe80::7").getAddress(), 6);

    assertThat(written(over(six), six, "fe80::9", PacketInfo.ADDRESS, own, 0))
        .startsWith(V6_HEADER + " fe800000 00000000 00000000 00000007 06000000");
  }

  /** Windows would take no notice of the source, and answer from anywhere. */
  @Test
  void noDatagramIsOfTwoFamilies() {
    assertThat(written(six, "2001:db8::9", PacketInfo.ADDRESS, "192.0.2.7", 0))
        .isEqualTo("impossible");
    assertThat(written(six, "192.0.2.9", PacketInfo.ADDRESS, "2001:db8::7", 0))
        .isEqualTo("impossible");
  }

  @Test
  void aConnectedSocketIsNotToldItsOwnAddress() {
    WindowsPacketInfo packetInfo = over(four);
    packetInfo.onConnected(new InetSocketAddress(address("192.0.2.7"), PORT));
    InetAddress own = address("192.0.2.7");
    InetAddress other = address("192.0.2.8");

    assertThat(written(packetInfo, four, "192.0.2.9", PacketInfo.ADDRESS, own, 0)).isEmpty();
    assertThat(written(packetInfo, four, "192.0.2.9", PacketInfo.ADDRESS, own, 5)).isNotEmpty();
    assertThat(written(packetInfo, four, "192.0.2.9", PacketInfo.ADDRESS, other, 0)).isNotEmpty();
    assertThat(written(packetInfo, four, "192.0.2.9", PacketInfo.INTERFACE, null, 5)).isNotEmpty();
    packetInfo.onConnected(new InetSocketAddress(other, PORT));
    assertThat(written(packetInfo, four, "192.0.2.9", PacketInfo.ADDRESS, own, 0)).isNotEmpty();
  }
}
