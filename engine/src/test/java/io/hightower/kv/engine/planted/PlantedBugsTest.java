package io.hightower.kv.engine.planted;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Plants bugs of durability, of watching and of sessions into the store, one after the other, and demands that a named test finds each; without the bugs
 * the same tests must pass in the same way of running them.
 */
class PlantedBugsTest {
    private static final int BUGS_LEAST = 50;
    private static final List<PlantedBug> BUGS = catalogue();

    private static TestBuild build;

    private static List<PlantedBug> catalogue() {
        List<PlantedBug> all = new ArrayList<>(FileBugs.all());
        all.addAll(LogBugs.all());
        all.addAll(StoreBugs.all());
        all.addAll(WatchBugs.all());
        all.addAll(SessionBugs.all());
        return all;
    }

    @BeforeAll
    static void compileTests() throws IOException {
        build = new TestBuild(
                BUGS.stream().map(bug -> new NamedTest(bug.test()).className()).toList());
    }

    @AfterAll
    static void closeBuild() throws IOException {
        build.close();
    }

    @TestFactory
    Stream<DynamicTest> everyPlantedBugIsFound() {
        return BUGS.stream()
                .map(bug -> DynamicTest.dynamicTest(bug.name() + ": " + bug.test(), () -> assertFound(bug)));
    }

    private static void assertFound(PlantedBug bug) throws IOException, InterruptedException {
        Optional<Throwable> failure = new NamedTest(bug.test()).runIn(build.with(bug));
        assertThat(failure).as("%s is not found by %s", bug, bug.test()).isPresent();
        // What does not fit together has not been tried at all.
        assertThat(failure.get()).isNotInstanceOf(LinkageError.class);
    }

    @TestFactory
    Stream<DynamicTest> withoutABugEveryTestPasses() {
        Set<String> tests = new TreeSet<>(BUGS.stream().map(PlantedBug::test).toList());
        return tests.stream().map(test -> DynamicTest.dynamicTest(test, () -> assertPasses(test)));
    }

    private static void assertPasses(String test) throws InterruptedException {
        new NamedTest(test).runIn(build.unchanged()).ifPresent(failure -> {
            throw new AssertionError("A test fails without a bug: " + test, failure);
        });
    }

    @Test
    void theCatalogueIsThatOfTheManual() throws IOException {
        assertThat(BUGS).extracting(PlantedBug::name).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(BUGS_LEAST);
        String manual = build.read("docs/testing.md");
        int from = manual.indexOf("## Planted bugs");
        List<String> rows = manual.substring(from, manual.indexOf("\n## ", from))
                .lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .toList();
        assertThat(rows).isEqualTo(BUGS.stream().map(PlantedBug::row).toList());
    }
}
