/**
 * Bugs of durability, planted on purpose, and the tests that find them.
 *
 * <p>A {@link io.hightower.kv.engine.planted.PlantedBug} changes a few lines of one source of the store. {@link
 * io.hightower.kv.engine.planted.TestBuild} compiles the changed source in memory and loads the store with it in place of
 * the original; nothing of that reaches main code. {@link io.hightower.kv.engine.planted.NamedTest} runs the test that is
 * to find the bug there, and {@link io.hightower.kv.engine.planted.PlantedBugsTest} demands that it fails, and that it
 * passes in a build without the bug. Tests of the packages that have the bugs are used where there are any. {@link
 * io.hightower.kv.engine.planted.StoreLifeTest} and {@link io.hightower.kv.engine.planted.StoreLifeCrashTest} have those
 * that need a store as a whole.
 */
package io.hightower.kv.engine.planted;
