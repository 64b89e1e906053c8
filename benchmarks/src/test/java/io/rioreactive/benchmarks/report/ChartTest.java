package io.rioreactive.benchmarks.report;

import static io.rioreactive.benchmarks.report.Examples.contestant;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.benchmarks.report.Results.Contestant;
import io.rioreactive.benchmarks.report.Results.Measured;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ChartTest {

  private static final Contestant DECODER =
      contestant("rio linux-mmsg decoder", Role.OURS, 100, 100, 100);
  private static final Contestant VALUE =
      contestant("rio linux-mmsg value", Role.OURS, 125, 125, 125);

  @Test
  void eachFamilyIsThereAtItsBest() throws Exception {
    Contestant worse = contestant("Peer, default", Role.PEER, 500, 500, 500);
    Contestant plain = contestant("DatagramChannel", Role.PLAIN, 1000, 1000, 1000);

    List<String> texts = texts(Examples.measured("receive-64", DECODER, VALUE, worse, plain));

    assertThat(texts)
        .contains("title of receive-64", "C = 1")
        .containsSubsequence("rio decoder", "1.00", "rio value", "0.80")
        .containsSubsequence("Peer", "0.50", "Slow", "0.25", "DatagramChannel", "0.10")
        .doesNotContain("0.20", "C again");
  }

  /** Those of other providers are in the table. */
  @Test
  void oursAreThoseOfTheDefaultProvider() throws Exception {
    Contestant other =
        new Contestant(
            "u", "rio linux-uring decoder", Role.OURS, "", "linux-uring", VALUE.starts());

    assertThat(texts(Examples.measured("receive-64", DECODER, other)))
        .containsOnlyOnce("rio decoder")
        .contains("1.00")
        .doesNotContain("0.80");
  }

  @Test
  void mainWorkloadsComeInTheirOrderAndWithoutTheOthers() throws Exception {
    List<String> texts =
        texts(
            Examples.measured("echo-256"),
            Examples.measured("paced"),
            Examples.measured("receive-1200"));

    assertThat(texts)
        .containsSubsequence("title of receive-1200", "title of echo-256")
        .doesNotContain("title of paced");
  }

  @Test
  void withoutAnyMainOneThereAreTheOthers() throws Exception {
    assertThat(texts(Examples.measured("paced"))).contains("title of paced");
  }

  @Test
  void itHasTwoSetsOfColours() throws Exception {
    String style =
        parse(Chart.of(Examples.results(Examples.measured("receive-64", DECODER))))
            .getElementsByTagName("style")
            .item(0)
            .getTextContent();

    String[] schemes = style.split("@media \\(prefers-color-scheme: dark\\)", -1);
    assertThat(schemes).hasSize(2);
    for (String name : List.of("ground", "text", "small", "ours", "peer", "line", "warning")) {
      assertThat(schemes[0]).contains("." + name + " {");
      assertThat(schemes[1]).contains("." + name + " {");
    }
  }

  @Test
  void everythingIsWithinThePicture() throws Exception {
    Document picture =
        parse(
            Chart.of(
                Examples.results(
                    Examples.measured("receive-64", DECODER, VALUE),
                    Examples.measured(
                        "receive-1200", contestant("rio a value", Role.OURS, 1, 1, 1)))));

    assertThat(picture.getDocumentElement().getAttribute("width")).isEqualTo("800");
    double height = Double.parseDouble(picture.getDocumentElement().getAttribute("height"));
    for (Element bar : elements(picture, "rect")) {
      double right = number(bar, "x") + number(bar, "width");
      assertThat(right).isLessThanOrEqualTo(800);
      assertThat(number(bar, "y") + number(bar, "height")).isLessThanOrEqualTo(height);
    }
  }

  @Test
  void aShortRunSaysThatItIsNoEvidence() throws Exception {
    Measured full = Examples.measured("receive-64", DECODER);
    Origin quick = new Origin("r", full.origin().machine(), Settings.aQuickTry(), List.of());
    Measured shortOne = new Measured("receive-64", "t", quick, List.of(), full.contestants());

    assertThat(texts(full)).doesNotContain("a short run: no evidence");
    assertThat(texts(shortOne)).contains("a short run: no evidence");
    assertThat(texts(full, shortOne)).contains("a short run: no evidence");
  }

  @Test
  void nothingMeasuredIsAnEmptyPicture() throws Exception {
    assertThat(texts()).noneMatch(text -> text.endsWith("= 1"));
  }

  private static List<String> texts(Measured... measured) throws Exception {
    return elements(parse(Chart.of(Examples.results(measured))), "text").stream()
        .map(Element::getTextContent)
        .toList();
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> elements(Document document, String name) {
    NodeList nodes = document.getElementsByTagName(name);
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }

  private static double number(Element element, String attribute) {
    String value = element.getAttribute(attribute);
    return value.isEmpty() ? 0 : Double.parseDouble(value);
  }
}
