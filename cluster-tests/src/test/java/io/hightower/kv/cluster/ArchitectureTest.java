package io.hightower.kv.cluster;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Holds the arrows of ARCHITECTURE.md that Maven's modules cannot hold. Judges main classes only. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.hightower.kv");

    private static final String[] ADAPTERS = {
        "io.hightower.kv.storage..",
        "io.hightower.kv.auth..",
        "io.hightower.kv.replication.local..",
        "io.hightower.kv.replication.ratis..",
    };

    @Test
    void seesTheClassesOfEveryFloor() {
        for (String floor :
                new String[] {"statemachine", "tls", "storage", "replication.local", "replication.ratis", "engine"}) {
            assertThat(MAIN.that(resideInAnyPackage("io.hightower.kv." + floor + "..")))
                    .as(floor)
                    .isNotEmpty();
        }
    }

    @Test
    void theCentrePointsAtNothing() {
        check(classes()
                .that()
                .resideInAPackage("io.hightower.kv.statemachine..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.hightower.kv.statemachine..", "java..", "com.google.protobuf..", "org.jspecify..")
                .because("the deterministic core must be readable and testable with no other module in sight"));
    }

    @Test
    void theCentreKnowsNoFileSocketThreadClockOrRandomness() {
        check(noClasses()
                .that()
                .resideInAPackage("io.hightower.kv.statemachine..")
                .and()
                // Gives a caller that was interrupted while it waited its interrupt back.
                .doNotHaveFullyQualifiedName("io.hightower.kv.statemachine.api.Waiting")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.nio\\.file\\.(?!Path$).*|java\\.nio\\.channels\\..*|java\\.net\\..*|java\\.lang\\.Thread|"
                                + "java\\.util\\.Random.*|java\\.util\\.SplittableRandom|java\\.security\\.SecureRandom|"
                                + "java\\.util\\.UUID|java\\.util\\.concurrent\\.Executor.*|java\\.util\\.Locale|"
                                + "java\\.time\\.(Clock|Instant|ZoneId|LocalDate.*)|java\\.util\\.Timer.*|"
                                + "java\\.io\\.(File|RandomAccessFile|FileInputStream|FileOutputStream)")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .because("applying an entry depends on the state and the entry alone"));
    }

    @Test
    void protobufStaysInTheCodec() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.hightower.kv.statemachine.codec..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.google.protobuf..")
                .because("one place knows wire numbers"));
    }

    @Test
    void adaptersDoNotKnowEachOther() {
        for (String adapter : ADAPTERS) {
            for (String other : ADAPTERS) {
                if (!adapter.equals(other)) {
                    check(noClasses()
                            .that()
                            .resideInAPackage(adapter)
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(other)
                            .because("only the engine puts adapters together"));
                }
            }
        }
    }

    @Test
    void certificatesKnowNothingOfTheStore() {
        check(classes()
                .that()
                .resideInAPackage("io.hightower.kv.tls..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.hightower.kv.tls..", "java..", "javax..", "org.bouncycastle..", "org.jspecify..")
                .because("members, servers and clients all stand on it"));
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.hightower.kv.tls..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .because("one place reads keys and signs certificates"));
    }

    @Test
    void onlyTheRatisReplicationSeesRatis() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.hightower.kv.replication.ratis..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.ratis..")
                .because("its types must not leak into what users compile against"));
    }

    @Test
    void httpAndGrpcStayOnTheUpperFloors() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.hightower.kv.server..",
                        "io.hightower.kv.client..",
                        "io.hightower.kv.cli..",
                        "io.hightower.kv.rest..",
                        "io.hightower.kv.cluster..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "io.netty..", "io.grpc..", "java.net.http..", "com.sun.net..")
                .because("the store works without a network stack"));
    }

    @Test
    void onlyTheDiskSeamTouchesFiles() {
        check(noClasses()
                .that()
                .resideInAnyPackage("io.hightower.kv.storage..", "io.hightower.kv.replication.local..")
                .and()
                .resideOutsideOfPackage("io.hightower.kv.storage.file..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.nio\\.(file|channels)\\..*|"
                        + "java\\.io\\.(File|RandomAccessFile|FileInputStream|FileOutputStream|FileDescriptor)")
                .because("what does not go through Disk cannot be tested by cutting the power"));
    }

    @Test
    void theJudgesOfHistoriesKnowNothingElseOfTheProject() {
        check(classes()
                .that()
                .resideInAPackage("io.hightower.kv.cluster.check..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.hightower.kv.cluster.check..", "java..", "com.fasterxml.jackson..", "org.jspecify..")
                .because("whoever judges a store must not share its mistakes, and others may want to use them"));
    }

    @Test
    void theServerNeverRunsOnASimulatedDisk() {
        check(noClasses()
                .that()
                .resideInAnyPackage("io.hightower.kv.server..", "io.hightower.kv.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.hightower.kv.storage.simulated..")
                .because("a simulated disk forgets"));
    }

    @Test
    void packagesHaveNoCycles() {
        check(slices().matching("io.hightower.kv.(**)")
                .should()
                .beFreeOfCycles()
                .because("a cycle is one package that pretends to be two"));
    }

    private static void check(ArchRule rule) {
        rule.check(MAIN);
    }
}
