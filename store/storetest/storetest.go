// Package storetest is the suite that every engine of package store passes.
//
// An engine's test calls Run with a function that makes an empty engine; each
// test of the suite gets one of its own, with two claimants over it and a
// clock that only the test moves. At the end of every test both claimants are
// closed, the data is opened once more and Check must find nothing.
package storetest

import (
	"bytes"
	"testing"
	"time"

	"weir/store"
)

// Engine is one engine with data of its own.
type Engine struct {
	// A and B are two claimants over the same data: what one claims the other
	// does not get, what one commits the other reads.
	A, B store.Store
	// Reopen opens the data once more after A and B were closed, as a process
	// that starts does.
	Reopen func() (a, b store.Store)
	// Restore opens what Backup wrote, beside A and B.
	Restore func(backup []byte) store.Store
}

// Open makes an empty engine whose clock is now.
type Open func(t *testing.T, now func() time.Time) *Engine

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(*house)
	}{
		{"ClaimsAreExclusive", testClaimsAreExclusive},
		{"ClaimsInOrder", testClaimsInOrder},
		{"LeaseExpires", testLeaseExpires},
		{"GroupsArePaced", testGroupsArePaced},
		{"GroupsAreSpread", testGroupsAreSpread},
		{"RetryAfterHolds", testRetryAfterHolds},
		{"GraceAndSince", testGraceAndSince},
		{"ReleaseGivesBack", testReleaseGivesBack},
		{"CloseVoidsClaims", testCloseVoidsClaims},
		{"StaleIsFenced", testStaleIsFenced},
		{"CommitIsIdempotent", testCommitIsIdempotent},
		{"StateComesBack", testStateComesBack},
		{"ValidatorsWithEntries", testValidatorsWithEntries},
		{"UnchangedMovesNothing", testUnchangedMovesNothing},
		{"SlugRace", testSlugRace},
		{"ManyTellers", testManyTellers},
		{"Duplicates", testDuplicates},
		{"Join", testJoin},
		{"TakeOver", testTakeOver},
		{"EqualRankChangesNothing", testEqualRankChangesNothing},
		{"Edit", testEdit},
		{"NewKey", testNewKey},
		{"LinkInACrowd", testLinkInACrowd},
		{"UndatedStories", testUndatedStories},
		{"OwnItemsAreRejected", testOwnItemsAreRejected},
		{"Rejections", testRejections},
		{"PartialKeepsKnown", testPartialKeepsKnown},
		{"FoundingHidesWindows", testFoundingHidesWindows},
		{"FirstCycleInAnyOrder", testFirstCycleInAnyOrder},
		{"FirstCycleReopened", testFirstCycleReopened},
		{"FirstCycleRepeated", testFirstCycleRepeated},
		{"WindowOrder", testWindowOrder},
		{"WindowHold", testWindowHold},
		{"PagingUnderWrites", testPagingUnderWrites},
		{"ArchiveIsStable", testArchiveIsStable},
		{"RevisionMoves", testRevisionMoves},
		{"ProfileMovesRevision", testProfileMovesRevision},
		{"Hints", testHints},
		{"ChannelsAreFiltered", testChannelsAreFiltered},
		{"MovesBetweenChannels", testMovesBetweenChannels},
		{"UnsortedBatch", testUnsortedBatch},
		{"NewRuleKeepsArrivals", testNewRuleKeepsArrivals},
		{"OldRuleStaysInUse", testOldRuleStaysInUse},
		{"NewRuleOverNewRule", testNewRuleOverNewRule},
		{"SourceReaddressed", testSourceReaddressed},
		{"SourceReread", testSourceReread},
		{"SourceComesHome", testSourceComesHome},
		{"IDsOfReusedNames", testIDsOfReusedNames},
		{"SourceRenamed", testSourceRenamed},
		{"SourceRemoved", testSourceRemoved},
		{"ConfigurationIsChecked", testConfigurationIsChecked},
		{"Lookups", testLookups},
		{"Listing", testListing},
		{"ListingOfFew", testListingOfFew},
		{"SlugsAreExplained", testSlugsAreExplained},
		{"ValuesAreCopies", testValuesAreCopies},
		{"RemovedStaysAway", testRemovedStaysAway},
		{"RetiredLeavesAndReturns", testRetiredLeavesAndReturns},
		{"RetiredPassesOn", testRetiredPassesOn},
		{"RetiredInTurn", testRetiredInTurn},
		{"RetiredIsTakenUp", testRetiredIsTakenUp},
		{"RetiredIsForgotten", testRetiredIsForgotten},
		{"RetiredOutlivesAJump", testRetiredOutlivesAJump},
		{"ForgottenTombstones", testForgottenTombstones},
		{"RetiredInStints", testRetiredInStints},
		{"LeftBeforeSettled", testLeftBeforeSettled},
		{"Exodus", testExodus},
		{"Looking", testLooking},
		{"FirstFetchOfLater", testFirstFetchOfLater},
		{"BurstIsHeld", testBurstIsHeld},
		{"BurstLetsItselfIn", testBurstLetsItselfIn},
		{"HeldStoryToldByAnother", testHeldStoryToldByAnother},
		{"ShelvedStoryToldByAnother", testShelvedStoryToldByAnother},
		{"HeldIsRemoved", testHeldIsRemoved},
		{"SiteMoved", testSiteMoved},
		{"SiteMovedIsRecognised", testSiteMovedIsRecognised},
		{"Hijacked", testHijacked},
		{"HijackedWhileHeld", testHijackedWhileHeld},
		{"HijackEnds", testHijackEnds},
		{"LateAndReleasedAreSeen", testLateAndReleasedAreSeen},
		{"NewKeysAtEveryPoll", testNewKeysAtEveryPoll},
		{"NewKeysOfPartialDocuments", testNewKeysOfPartialDocuments},
		{"NewKeysOfAMirror", testNewKeysOfAMirror},
		{"HeldIsRetired", testHeldIsRetired},
		{"IDsAreNumbers", testIDsAreNumbers},
		{"NothingIsLost", testNothingIsLost},
		{"IDsBeginToRepeat", testIDsBeginToRepeat},
		{"IDIsUsedAgain", testIDIsUsedAgain},
		{"OldVersionsComeBack", testOldVersionsComeBack},
		{"EmptyFeedKeepsAll", testEmptyFeedKeepsAll},
		{"FeedIsRedated", testFeedIsRedated},
		{"ContentFlips", testContentFlips},
		{"WithdrawnIsListed", testWithdrawnIsListed},
		{"JoinedByOperator", testJoinedByOperator},
		{"JoinedToLowerRank", testJoinedToLowerRank},
		{"JoinedAndForgotten", testJoinedAndForgotten},
		{"JoinedIsRemoved", testJoinedIsRemoved},
		{"SplitByOperator", testSplitByOperator},
		{"SplitFromItsOwner", testSplitFromItsOwner},
		{"SplitHolds", testSplitHolds},
		{"SplitAndJoined", testSplitAndJoined},
		{"VerdictsAreRefused", testVerdictsAreRefused},
		{"BlockedLeavesAndReturns", testBlockedLeavesAndReturns},
		{"BlockedByTheFeed", testBlockedByTheFeed},
		{"BlockedOfSeveralTellers", testBlockedOfSeveralTellers},
		{"WithdrawnIsDropped", testWithdrawnIsDropped},
		{"WithdrawnOutlivesRetirement", testWithdrawnOutlivesRetirement},
		{"SplitOfWithdrawn", testSplitOfWithdrawn},
		{"NothingIsWithdrawn", testNothingIsWithdrawn},
		{"ArticlesAreRetracted", testArticlesAreRetracted},
		{"ArticlesStay", testArticlesStay},
		{"NearTexts", testNearTexts},
		{"NearTextsAtFirst", testNearTextsAtFirst},
		{"PruneByNumber", testPruneByNumber},
		{"PruneByAge", testPruneByAge},
		{"PruneHeedsTheClock", testPruneHeedsTheClock},
		{"TombstonesAreForgotten", testTombstonesAreForgotten},
		{"TendPrunes", testTendPrunes},
		{"Seeds", testSeeds},
		{"SeedsOfRemoved", testSeedsOfRemoved},
		{"SeedsOfRemovedAlone", testSeedsOfRemovedAlone},
		{"SeedsToldTwice", testSeedsToldTwice},
		{"Lists", testLists},
		{"Subscriptions", testSubscriptions},
		{"Hasten", testHasten},
		{"Backup", testBackup},
		{"Stats", testStats},
		{"Compact", testCompact},
		{"Closed", testClosed},
		{"PairsOfSources", testPairsOfSources},
		{"OneCommitInAnyOrder", testOneCommitInAnyOrder},
		{"FirstInACommit", testFirstInACommit},
		{"Concurrent", testConcurrent},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(newHouse(t, open)) })
	}
}

// backup copies a store.
func backup(t *testing.T, s store.Store) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Backup(&b); err != nil {
		t.Fatalf("Backup: %v", err)
	}
	return b.Bytes()
}
