#!/usr/bin/env bash
# Publishes what was packed: .ci/release/publish.sh VERSION RELEASE
#
# 1. A commit on top of this one, with the checksums in action/checksums.txt. No branch gets it.
# 2. A draft that names it, with all files.
# 3. The files as GitHub has them, compared with what was packed.
# 4. Only then the release is public, which makes the tag.
#
# What fails before 4 leaves a draft, which the next try removes; nobody has seen it.
set -euo pipefail

version=$1
release=$2
repository=repos/$GITHUB_REPOSITORY

checksums=$(cat -- "$release/checksums.txt")
tree=$(gh api "$repository/git/commits/$GITHUB_SHA" --jq .tree.sha)
tree=$(gh api "$repository/git/trees" -f "base_tree=$tree" -f 'tree[][path]=action/checksums.txt' \
  -f 'tree[][mode]=100644' -f 'tree[][type]=blob' -f "tree[][content]=$checksums"$'\n' --jq .sha)
commit=$(gh api "$repository/git/commits" -f "message=Release $version" -f "tree=$tree" \
  -f "parents[]=$GITHUB_SHA" --jq .sha)

# A release that is public is never touched; gh would find a draft by the same name.
if state=$(gh release view "$version" --json isDraft --jq .isDraft 2>/dev/null); then
  if [[ $state != true ]]; then
    echo "$version is public already" >&2
    exit 1
  fi
  gh release delete "$version" --yes
fi

files=()
for file in "$release"/*; do
  # The commit has this one.
  [[ ${file##*/} == checksums.txt ]] || files+=("$file")
done
notes="Pin the action by this commit: \`$commit\`. Its checksums decide what is run."
gh release create "$version" --draft --target "$commit" --title "lockgate $version" --notes "$notes" "${files[@]}"

there=$(mktemp -d)
gh release download "$version" --dir "$there"
for file in "${files[@]}"; do
  cmp -- "$file" "$there/${file##*/}"
done

gh release edit "$version" --draft=false
tagged=$(gh api "$repository/commits/$version" --jq .sha)
if [[ $tagged != "$commit" ]]; then
  echo "the tag $version names $tagged, not $commit" >&2
  exit 1
fi
echo "$version is public, at $commit"
