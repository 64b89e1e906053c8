package io.rioreactive.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The headers that are made up, byte by byte; the sums of the first two were done by hand. */
class PcapPacketTest {

  private static final int RECORD_HEADER = 16;
  private static final int NOT_TOLD = PcapPacket.NOT_TOLD;

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static ByteBuffer written(PcapPacket packet) {
    ByteBuffer out = ByteBuffer.allocate(packet.size());
    packet.writeTo(out);
    assertThat(out.hasRemaining()).as("its size is what it says").isFalse();
    return out.flip();
  }

  private static String packetOf(ByteBuffer record) {
    byte[] packet = new byte[record.limit() - RECORD_HEADER];
    record.get(RECORD_HEADER, packet);
    return HexFormat.of().formatHex(packet);
  }

  @Test
  void ofIpv4() {
    PcapPacket packet =
        new PcapPacket(
            at("10.0.0.1", 1_000),
            at("10.0.0.2", 2_000),
            NOT_TOLD,
            NOT_TOLD,
            new byte[] {'a', 'b'},
            2);

    assertThat(packetOf(written(packet)))
        .isEqualTo("4500001e00004000401126cd" + "0a0000010a000002" + "03e807d0000a7ebd" + "6162");
  }

  @Test
  void ofIpv6() {
    PcapPacket packet =
        new PcapPacket(at("::1", 1_000), at("::2", 2_000), 7, 0xAB, new byte[] {'a', 'b'}, 2);

    assertThat(packetOf(written(packet)))
        .isEqualTo(
            "6ab00000000a1107"
                + "00000000000000000000000000000001"
                + "00000000000000000000000000000002"
                + "03e807d0000a92bd"
                + "6162");
  }

  @Test
  void hopLimitAndTrafficClassAreTheDatagrams() {
    ByteBuffer record =
        written(new PcapPacket(at("10.0.0.1", 1), at("10.0.0.2", 2), 255, 0xFF, new byte[0], 0));

    assertThat(record.get(RECORD_HEADER + 1)).isEqualTo((byte) 0xFF);
    assertThat(record.get(RECORD_HEADER + 8)).isEqualTo((byte) 255);
  }

  @Test
  void theChecksumOfAnOddPayloadIsRight() {
    ByteBuffer record =
        written(
            new PcapPacket(
                at("192.0.2.7", 4_711),
                at("192.0.2.1", 53),
                NOT_TOLD,
                NOT_TOLD,
                new byte[] {1, 2, 3},
                3));

    assertThat(sumFrom(record, 12)).isEqualTo(0xFFFF);
  }

  /** A checksum of 0 would say that there is none. */
  @Test
  void aChecksumOfZeroIsWrittenAsItsOther() {
    // 0x7ebd of the first test more, and the sum is 0xFFFF
    ByteBuffer record =
        written(
            new PcapPacket(
                at("10.0.0.1", 1_000),
                at("10.0.0.2", 2_000),
                NOT_TOLD,
                NOT_TOLD,
                new byte[] {(byte) 0xE0, 0x1F},
                2));

    assertThat(record.getShort(RECORD_HEADER + 26)).isEqualTo((short) 0xFFFF);
    assertThat(sumFrom(record, 12)).isEqualTo(0xFFFF);
  }

  /** Of the two addresses, the UDP header with its checksum, and the payload. */
  private static int sumFrom(ByteBuffer record, int addresses) {
    ByteBuffer bytes = ByteBuffer.allocate(record.limit() + 1).put(record.duplicate());
    int sum = 17 + bytes.getShort(RECORD_HEADER + addresses + 12);
    for (int at = RECORD_HEADER + addresses; at < record.limit(); at += 2) {
      sum += bytes.getShort(at) & 0xFFFF;
    }
    return (sum & 0xFFFF) + (sum >>> 16);
  }

  @Test
  void whatWasCutOffSaysHowLongItWas() {
    ByteBuffer record =
        written(
            new PcapPacket(
                at("10.0.0.1", 1), at("10.0.0.2", 2), NOT_TOLD, NOT_TOLD, new byte[10], 1_000));

    assertThat(record.getInt(8)).as("captured").isEqualTo(28 + 10);
    assertThat(record.getInt(12)).as("on the wire").isEqualTo(28 + 1_000);
    assertThat(record.getShort(RECORD_HEADER + 2)).as("of IP").isEqualTo((short) 1_028);
    assertThat(record.getShort(RECORD_HEADER + 24)).as("of UDP").isEqualTo((short) 1_008);
  }

  @Test
  void theLargestDatagramFits() {
    int largest = 65_507;
    ByteBuffer ipv4 =
        written(
            new PcapPacket(
                at("10.0.0.1", 1),
                at("10.0.0.2", 2),
                NOT_TOLD,
                NOT_TOLD,
                new byte[largest],
                largest));
    ByteBuffer ipv6 =
        written(
            new PcapPacket(
                at("::1", 1), at("::2", 2), NOT_TOLD, NOT_TOLD, new byte[largest], largest));

    assertThat(ipv4.getShort(RECORD_HEADER + 2) & 0xFFFF).isEqualTo(65_535);
    assertThat(ipv6.getShort(RECORD_HEADER + 4) & 0xFFFF).isEqualTo(largest + 8);
  }

  /** A server on {@code ::} has IPv4 peers too, and no address of its own that it knows. */
  @Test
  void aWildcardAddressIsOfEitherKind() {
    ByteBuffer record =
        written(new PcapPacket(at("10.0.0.1", 1), at("::", 2), NOT_TOLD, NOT_TOLD, new byte[0], 0));

    assertThat(packetOf(record)).startsWith("45").contains("0a00000100000000" + "00010002");
  }

  @Test
  void itsTimeIsWhenItWasMade() {
    Instant before = Instant.now();
    ByteBuffer record =
        written(
            new PcapPacket(
                at("10.0.0.1", 1), at("10.0.0.2", 2), NOT_TOLD, NOT_TOLD, new byte[0], 0));
    Instant after = Instant.now();

    Instant time = Instant.ofEpochSecond(record.getInt(0), record.getInt(4) * 1_000L);
    assertThat(time).isBetween(before.minusNanos(1_000), after);
  }
}
