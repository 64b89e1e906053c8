package io.rioreactive.samples.dns;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.RelativeNameException;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Type;

/**
 * A zone in a file (RFC 1035, chapter 5). dnsjava reads the records; what cannot be served is
 * refused here. Whatever is wrong, in either's eyes, is said with the file, the line and the
 * reason, and nothing is served in part.
 */
final class ZoneFile {

  private static final String EXAMPLE = "example.org.zone";

  private static final int MOST_BYTES = 64 << 20;
  private static final int MOST_RECORDS = 100_000;

  /** What these ask for is more than this sample does: names made up, and signatures. */
  private static final Set<Integer> NOT_SERVED =
      Set.of(Type.DNAME, Type.RRSIG, Type.NSEC, Type.NSEC3, Type.NSEC3PARAM);

  /** In front of dnsjava's reasons, since it reads a stream. */
  private static final Pattern PLACE = Pattern.compile("^<none>:\\d+: ");

  /** A quoted token may have any byte in it; an error is one line all the same. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]");

  private final String name;
  private final Lines lines;
  private final Map<Name, Node> nodes = new HashMap<>();
  private final Set<Record> records = new HashSet<>();
  private @Nullable SOARecord soa;

  private ZoneFile(String name, byte[] content) {
    this.name = name;
    this.lines = new Lines(content);
  }

  /** The one that comes with the sample. */
  static Zone example() throws ZoneFileException {
    try (InputStream content = ZoneFile.class.getResourceAsStream(EXAMPLE)) {
      return parse(EXAMPLE, Objects.requireNonNull(content, EXAMPLE).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads one.
   *
   * @throws ZoneFileException if the file cannot be read, or its zone not be served
   */
  static Zone read(Path file) throws ZoneFileException {
    return parse(file.toString(), contentOf(file));
  }

  /** The same of what is in memory; the name is for errors. */
  static Zone parse(String name, byte[] content) throws ZoneFileException {
    return new ZoneFile(name, content).zone();
  }

  private static byte[] contentOf(Path file) throws ZoneFileException {
    long size;
    try {
      size = Files.size(file);
      if (size <= MOST_BYTES) {
        return Files.readAllBytes(file);
      }
    } catch (NoSuchFileException e) {
      throw new ZoneFileException(file + ": there is no such file");
    } catch (IOException e) {
      throw new ZoneFileException(
          file
              + ": cannot be read ("
              + e.getClass().getSimpleName()
              + ": "
              + e.getMessage()
              + "); take a file that this user may read");
    }
    throw new ZoneFileException(
        file + ": has " + size + " bytes; a zone of at most " + MOST_BYTES + " is served");
  }

  private Zone zone() throws ZoneFileException {
    try (Master master = new Master(lines)) {
      master.disableIncludes(true); // what is served stands in one file
      for (Record each = next(master); each != null; each = next(master)) {
        add(each);
      }
    }
    SOARecord first = soa;
    if (first == null) {
      throw wrong("there is no record in it, and the first has to be the SOA");
    }
    Name origin = first.getName();
    if (!nodeAt(origin).has(Type.NS)) {
      throw wrong("there is no NS for " + origin);
    }
    return new Zone(first, nodes);
  }

  private @Nullable Record next(Master master) throws ZoneFileException {
    try {
      return master.nextRecord();
    } catch (RelativeNameException e) {
      throw wrong(e.getMessage() + ": begin with $ORIGIN");
    } catch (IOException | RuntimeException e) { // some of its errors are unchecked
      throw wrong(PLACE.matcher(String.valueOf(e.getMessage())).replaceFirst(""));
    }
  }

  private void add(Record each) throws ZoneFileException {
    SOARecord first = soa;
    if (first == null) {
      first = begin(each);
      soa = first;
    } else if (each instanceof SOARecord && !each.equals(first)) {
      throw wrong("a second SOA; a zone has one");
    }
    Name owner = each.getName();
    if (each.getDClass() != DClass.IN) {
      throw wrong("class " + DClass.string(each.getDClass()) + " is not served, IN alone");
    }
    if (!owner.subdomain(first.getName())) {
      throw wrong(owner + " is not in " + first.getName() + ", which is what this zone is of");
    }
    if (NOT_SERVED.contains(each.getType()) || !Type.isRR(each.getType())) {
      throw wrong(Type.string(each.getType()) + " is not served");
    }
    if (!records.add(each)) {
      return; // the same again
    }
    if (records.size() > MOST_RECORDS) {
      throw wrong("more than " + MOST_RECORDS + " records");
    }
    Node node = nodeAt(owner);
    boolean isAlias = each.getType() == Type.CNAME;
    if (node.has(Type.CNAME) || (isAlias && !node.isEmpty())) {
      throw wrong(owner + " has a CNAME, and so nothing else and no second one");
    }
    node.add(each);
    addNamesAbove(owner, first.getName());
  }

  private SOARecord begin(Record each) throws ZoneFileException {
    if (each instanceof SOARecord first) {
      return first;
    }
    throw wrong("the first record has to be the SOA, and this is " + Type.string(each.getType()));
  }

  private Node nodeAt(Name owner) {
    return nodes.computeIfAbsent(owner, any -> new Node());
  }

  /** They exist, though they have no records: RFC 8020. */
  private void addNamesAbove(Name owner, Name origin) {
    for (int cut = 1; cut < owner.labels() - origin.labels(); cut++) {
      nodeAt(new Name(owner, cut));
    }
  }

  private ZoneFileException wrong(String reason) {
    return new ZoneFileException(
        name + ":" + lines.line() + ": " + UNPRINTABLE.matcher(reason).replaceAll("?"));
  }
}
