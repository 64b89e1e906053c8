package io.rioreactive.samples.dns;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.Record;

/** What a zone has at one name: records by type, or none where there are only names below it. */
final class Node {

  private final Map<Integer, List<Record>> byType = new LinkedHashMap<>();

  void add(Record each) {
    byType.computeIfAbsent(each.getType(), type -> new ArrayList<>()).add(each);
  }

  boolean isEmpty() {
    return byType.isEmpty();
  }

  boolean has(int type) {
    return byType.containsKey(type);
  }

  /** All of a type, in the order of the file; none if there are none. */
  List<Record> records(int type) {
    return byType.getOrDefault(type, List.of());
  }

  /** All of the type that comes first in the file; none if there is none. */
  List<Record> anyType() {
    return isEmpty() ? List.of() : byType.values().iterator().next();
  }
}
