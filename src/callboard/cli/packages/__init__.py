"""Commands about packages, bills of materials and portals."""
